using System.Collections.Immutable;
using Routing.Agent.Dataplane.Fib;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Agent.Cluster;

/// <summary>Tells the FIB this node's pod CIDRs, and the operator when the API server does not know the node.</summary>
internal sealed partial class NodeWatcher(string name, FibLoop fib, ILogger<NodeWatcher> logger)
{
    private readonly ILogger _logger = logger;
    private ImmutableArray<Prefix> _told = [];
    private bool? _known;

    /// <summary>Takes note of the cluster's state.</summary>
    public void OnCluster(ClusterState state)
    {
        if (state.Nodes is null)
        {
            return;
        }

        var node = state.FindNode(name);
        if (_known != (node is not null))
        {
            _known = node is not null;
            if (node is null)
            {
                LogUnknown(name);
            }
        }

        // A node that is gone keeps its CIDRs: its pods keep their addresses.
        if (node is not null && !node.PodCidrs.SequenceEqual(_told))
        {
            _told = node.PodCidrs;
            fib.OnPodCidrs(_told);
            LogCidrs(name, string.Join(", ", _told));
        }
    }

    [LoggerMessage(LogLevel.Warning, "The API server knows no node {Node}: waiting for it. Is --node right?")]
    private partial void LogUnknown(string node);

    [LoggerMessage(LogLevel.Information, "Pod CIDRs of {Node}: {Prefix}")]
    private partial void LogCidrs(string node, string prefix);
}
