using System.Collections.Immutable;
using Routing.Bgp.Wire.Capabilities;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Fsm;

/// <summary>What two OPENs agree on.</summary>
internal sealed record NegotiatedSession
{
    /// <summary>The peer's AS, from its four-octet capability when it has one.</summary>
    public required uint PeerAsn { get; init; }

    /// <summary>The peer's BGP Identifier, host order.</summary>
    public required uint PeerIdentifier { get; init; }

    /// <summary>True when the peer is in another AS.</summary>
    public required bool IsExternal { get; init; }

    /// <summary>The smaller of both hold times; zero means that nobody sends KEEPALIVEs (RFC 4271 §4.2).</summary>
    public required TimeSpan HoldTime { get; init; }

    /// <summary>Families both sides announced, in our order.</summary>
    public required ImmutableArray<AfiSafi> Families { get; init; }

    /// <summary>Both sides write AS numbers with four octets.</summary>
    public required bool FourOctetAsn { get; init; }

    /// <summary>The peer answers ROUTE-REFRESH.</summary>
    public required bool RouteRefresh { get; init; }

    /// <summary>Families in which the peer sends path identifiers: we receive them and it would send them (RFC 7911
    /// §4).</summary>
    public ImmutableArray<AfiSafi> ReceivesPathIds { get; init; } = [];

    /// <summary>Families in which we send path identifiers.</summary>
    public ImmutableArray<AfiSafi> SendsPathIds { get; init; } = [];

    /// <summary>The peer's graceful restart capability; null when it has none or we do not offer it.</summary>
    public GracefulRestartCapability? GracefulRestart { get; init; }

    /// <summary>Families whose routes we keep while the peer restarts (RFC 4724 §4.2).</summary>
    public ImmutableArray<AfiSafi> RetainedFamilies => GracefulRestart is null
        ? []
        : [.. GracefulRestart.Families.Select(entry => entry.Family).Where(family => Families.Contains(family))];

    /// <summary>Families for which the peer says that its forwarding stood.</summary>
    public ImmutableArray<AfiSafi> ForwardingPreserved => GracefulRestart is null
        ? []
        : [.. GracefulRestart.Families.Where(entry => entry.ForwardingPreserved).Select(entry => entry.Family)];

    /// <summary>All capabilities of the peer, for status.</summary>
    public required ImmutableArray<Capability> PeerCapabilities { get; init; }
}
