using System.Net;
using Routing.Agent.Attachments;
using Routing.Agent.Dataplane;

namespace Routing.Agent.Cluster;

/// <summary>This node as those need it who attach pods to it.</summary>
internal sealed class NodeState(string name, ClusterDirectory cluster, Func<DataplaneStatus> dataplane) : INodeState
{
    private readonly Lock _lock = new();
    private IReadOnlyList<IPNetwork> _podCidrs = [];
    private NodeRecord? _readFrom;

    /// <inheritdoc/>
    public IReadOnlyList<IPNetwork> PodCidrs
    {
        get
        {
            lock (_lock)
            {
                // A node that is gone from the list keeps its CIDRs: its pods keep their addresses.
                if (cluster.State.FindNode(name) is { } node && !ReferenceEquals(node, _readFrom))
                {
                    (_podCidrs, _readFrom) = ([.. node.PodCidrs.Select(cidr => cidr.ToNetwork())], node);
                }

                return _podCidrs;
            }
        }
    }

    /// <inheritdoc/>
    public string? NotReadyReason => Obstacles(dataplane()).FirstOrDefault();

    /// <summary>Everything that somebody has to look at. What kubelet is told (<see cref="NotReadyReason"/>) is less: for a ruleset that
    /// is refused it would take all pods away from the node, which go on by the rules that stand.</summary>
    public IEnumerable<string> Reasons()
    {
        var status = dataplane();
        return status switch
        {
            { Missing.IsEmpty: true, InForce: true, IsStuck: true } =>
                Obstacles(status).Append($"the kernel refuses the rules, the old ones stay: {status.LastError}"),
            { GoesOnByEarlier: true } =>
                Obstacles(status).Append($"this agent's rules are not in force, those of an earlier one stay: {status.LastError}"),
            _ => Obstacles(status),
        };
    }

    /// <summary>What keeps every pod from being attached.</summary>
    private IEnumerable<string> Obstacles(DataplaneStatus status)
    {
        var nodes = cluster.State.Nodes;
        if (nodes is null)
        {
            yield return "nodes have not been listed yet";
        }
        else if (PodCidrs.Count == 0)
        {
            yield return nodes.ContainsKey(name)
                ? $"node {name} has no spec.podCIDRs yet" : $"the API server knows no node {name}; waiting for it";
        }

        foreach (var input in status.Missing)
        {
            yield return $"{input} have not been listed yet";
        }

        if (status is { Missing.IsEmpty: true, InForce: false, GoesOnByEarlier: false })
        {
            yield return status.LastError ?? "the rules are not in the kernel yet";
        }
    }
}
