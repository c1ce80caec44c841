using Routing.Agent.Netlink.Netfilter;

namespace Routing.Agent.Dataplane.Conntrack;

/// <summary>Knows of connections that may go on although the rules would not let them begin.</summary>
internal interface IPardon
{
    /// <summary>Those that have to end, of what policies of pods forbid.</summary>
    Task<IReadOnlyList<ConntrackEntry>> WithoutPardonedAsync(
        IReadOnlyList<ConntrackEntry> forbidden, CancellationToken cancellationToken);
}
