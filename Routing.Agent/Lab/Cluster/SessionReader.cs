using System.Collections.Immutable;
using Grpc.Core;
using Routing.Agent.Cli;
using Routing.Agent.Grpc.Protocol;
using Routing.Agent.Lab.Plan;
using Routing.Agent.Lab.Report;

namespace Routing.Agent.Lab.Cluster;

/// <summary>Asks the agents for their BGP sessions, as `routing bgp peers` does.</summary>
internal sealed class SessionReader(LabPlan plan, LabPaths paths) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, AgentConnection> _connections = [];

    /// <summary>The sessions each node should have: to the ToR's address of either family. An agent that does not answer, or does not
    /// know the peer yet, has it in state Idle.</summary>
    public async Task<ImmutableArray<SessionReport>> ReadAsync(CancellationToken cancellationToken)
    {
        var perNode = await Task.WhenAll(plan.Nodes.Select(node => ReadAsync(node, cancellationToken)));
        return [.. perNode.SelectMany(sessions => sessions)];
    }

    public void Dispose()
    {
        foreach (var connection in _connections.Values)
        {
            connection.Dispose();
        }
    }

    private async Task<IEnumerable<SessionReport>> ReadAsync(NodePlan node, CancellationToken cancellationToken)
    {
        var (peers, error) = await AskAsync(node.Name, cancellationToken);
        return new[] { node.Uplink.TorV4, node.Uplink.TorV6 }.Select(address => address.ToString()).Select(address =>
            peers.FirstOrDefault(peer => peer.Address == address) is { } peer
                ? new SessionReport(node.Name, peer.Name, address, peer.Asn, peer.State,
                    (uint)peer.Families.Sum(family => family.Received), peer.LastError)
                : new SessionReport(node.Name, "", address, LabPlan.TorAsn, "Idle", 0, error));
    }

    private async Task<(IEnumerable<Peer> Peers, string Error)> AskAsync(string node, CancellationToken cancellationToken)
    {
        AgentConnection? connection;
        lock (_connections)
        {
            if (!_connections.TryGetValue(node, out connection))
            {
                _connections[node] = connection = AgentConnection.Open(paths.AgentSocket(node));
            }
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var reply = await new BgpApi.BgpApiClient(connection.Invoker)
                .ListPeersAsync(new ListPeersRequest(), cancellationToken: patience.Token);
            return (reply.Peers, "not configured");
        }
        catch (RpcException error)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ([], $"the agent does not answer ({error.StatusCode})");
        }
    }
}
