using Routing.Policy.Render.Iptables;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Iptables;

/// <summary>What has to be done to one ipset.</summary>
/// <param name="Set">The set that it is a part of.</param>
/// <param name="Ipset">What it shall be.</param>
/// <param name="Kind">Whether it is there.</param>
/// <param name="Added">Elements that come; all of them unless it is edited.</param>
/// <param name="Removed">Elements that go.</param>
internal sealed record IpsetChange(
    MatchSet Set, IpsetDefinition Ipset, IpsetChangeKind Kind, IReadOnlyCollection<IpsetEntry> Added,
    IReadOnlyCollection<IpsetEntry> Removed);

/// <summary>Kinds of <see cref="IpsetChange"/>.</summary>
internal enum IpsetChangeKind
{
    /// <summary>It is not there.</summary>
    New,

    /// <summary>It is there, and holds something else.</summary>
    Edit,

    /// <summary>Another one is there under its name.</summary>
    Replace,
}
