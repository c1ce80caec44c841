using System.Reflection;
using Routing.Agent.Attachments;
using Routing.Agent.Cluster;
using Routing.Agent.Dataplane;
using Routing.Agent.Dataplane.Fib;
using Routing.Agent.Domains;
using Routing.Agent.Grpc;
using Routing.Agent.Grpc.Protocol;
using Protocol = Routing.Agent.Grpc.Protocol;
using Routing.Agent.Health;
using Routing.Agent.KubeApi;
using Routing.Agent.Speaker;
using Routing.Agent.Topology;
using Routing.Bgp.Fsm;
using Routing.Bgp.Speaker;

namespace Routing.Agent.Roles;

/// <summary>Gathers the parts' snapshots into the agent's status and its view of the topology.</summary>
internal sealed class AgentStatusSource(
    string node, Readiness readiness, IReadOnlyList<WatchedResource> watches, ClusterDirectory cluster,
    AttachmentStore attachments, DataplaneLoop dataplane, DomainLoop domains, FibLoop fib, SpeakerHost speaker,
    TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    /// <summary>The program's version, as `routing --version` prints it.</summary>
    public static string Version { get; } = typeof(AgentStatusSource).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public async Task<StatusReply> GetStatusAsync(CancellationToken cancellationToken)
    {
        var notReady = readiness.Reasons;
        var reply = new StatusReply
        {
            Node = node,
            Version = Version,
            UptimeSeconds = time.GetElapsedTime(_started).TotalSeconds,
            Ready = notReady.IsEmpty,
            Pods = (uint)attachments.Attachments.Count,
            Policies = (uint)await dataplane.ReadAsync(policy => policy.Policies().Length, cancellationToken),
            Dataplane = Describe(dataplane.Status),
            Domains = Describe(domains.Status),
            Fib = Describe(fib.Status),
            Speaker = await DescribeSpeakerAsync(cancellationToken),
        };
        reply.NotReady.AddRange(notReady);
        reply.PodCidrs.AddRange(cluster.State.FindNode(node)?.PodCidrs.Select(cidr => cidr.ToString()) ?? []);
        reply.Watches.AddRange(watches.Select(Describe));
        return reply;
    }

    public async Task<TopologyReply> GetTopologyAsync(CancellationToken cancellationToken)
    {
        var sessions = (await PeersAsync(cancellationToken)).ToDictionary(peer => peer.Name, StringComparer.Ordinal);
        var reply = TopologyView.Describe(cluster.State, (of, peer) =>
            of == node && sessions.TryGetValue(peer, out var session) ? session.State.ToString() : null);
        reply.Node = node;
        return reply;
    }

    private Watch Describe(WatchedResource watch)
    {
        var state = watch.State();
        return new Watch
        {
            Resource = watch.Resource,
            Connected = state.Connected,
            Synced = state.Synced,
            SinceSeconds = (time.GetUtcNow() - state.Since).TotalSeconds,
            LastError = state.LastError ?? "",
            Unreadable = { state.Unreadable },
            Undefined = !state.IsDefined,
        };
    }

    private Protocol.Dataplane Describe(DataplaneStatus status) => new()
    {
        Applies = status.Applies,
        Failures = status.Failures,
        LastError = status.LastError ?? "",
        LastApplySecondsAgo = status.LastApply is { } at ? (time.GetUtcNow() - at).TotalSeconds : 0,
        LastApplyMilliseconds = status.LastApplyDuration.TotalMilliseconds,
        Backend = dataplane.Backend,
    };

    private static Protocol.Domains Describe(DomainStatus status) => new()
    {
        Names = (uint)status.Names,
        Addresses = (uint)status.Addresses,
        Answers = (ulong)status.Answers,
        Late = (ulong)status.Late,
        Unread = (ulong)status.Unread,
        Connections = (uint)status.Connections,
        Problem = status.Problem ?? "",
    };

    private static Protocol.Fib Describe(FibStatus status)
    {
        var reply = new Protocol.Fib
        {
            Installed = (uint)status.Installed,
            Pending = (uint)status.Pending,
            LastError = status.LastError ?? "",
        };
        reply.Converged.AddRange(status.Converged.Select(Families.NameOf));
        return reply;
    }

    private async Task<Protocol.Speaker> DescribeSpeakerAsync(CancellationToken cancellationToken)
    {
        var status = speaker.Status;
        var peers = await PeersAsync(cancellationToken);
        var reply = new Protocol.Speaker
        {
            Running = status.IsRunning,
            Asn = status.Asn,
            RouterId = status.RouterId?.ToString() ?? "",
            Peers = (uint)status.PeerCount,
            Established = (uint)peers.Count(peer => peer.State == SessionState.Established),
        };
        reply.Problems.AddRange(status.Problems);
        return reply;
    }

    private async Task<IReadOnlyList<PeerStatus>> PeersAsync(CancellationToken cancellationToken) =>
        speaker.Current is { } running ? await running.GetPeersAsync(cancellationToken) : [];
}
