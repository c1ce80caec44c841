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

    /// <summary>Both sides mark where a refresh begins and ends (RFC 7313 §4).</summary>
    public bool EnhancedRefresh { get; init; }

    /// <summary>Families in which the peer will say which routes it wants, before it is sent any (RFC 5291 §6).</summary>
    public ImmutableArray<AfiSafi> ReceivesFilters { get; init; } = [];

    /// <summary>Families in which we say which routes we want.</summary>
    public ImmutableArray<AfiSafi> SendsFilters { get; init; } = [];

    /// <summary>Families in which the peer sends path identifiers: we receive them and it would send them (RFC 7911
    /// §4).</summary>
    public ImmutableArray<AfiSafi> ReceivesPathIds { get; init; } = [];

    /// <summary>Families in which we send path identifiers.</summary>
    public ImmutableArray<AfiSafi> SendsPathIds { get; init; } = [];

    /// <summary>The peer's graceful restart capability; null when it has none or we do not offer it.</summary>
    public GracefulRestartCapability? GracefulRestart { get; init; }

    /// <summary>The peer's long-lived graceful restart; null when it has none or we do not offer it (RFC 9494
    /// §4.1).</summary>
    public LongLivedRestartCapability? LongLivedRestart { get; init; }

    /// <summary>Both sides restart gracefully also after a NOTIFICATION (RFC 8538 §4).</summary>
    public bool NotificationRestart { get; init; }

    /// <summary>Families whose routes we keep while the peer restarts (RFC 4724 §4.2).</summary>
    public ImmutableArray<AfiSafi> RetainedFamilies =>
        [.. Families.Where(family => RestartTimeOf(family) is not null || LongLivedStaleTimeOf(family) > TimeSpan.Zero)];

    /// <summary>How long a family's routes wait for a peer that is away, before they go or are kept for long; null when they
    /// do not. A family that is named in the long-lived capability alone does not wait (RFC 9494 §4.2).</summary>
    public TimeSpan? RestartTimeOf(AfiSafi family) =>
        GracefulRestart is { } restart && restart.Families.Any(entry => entry.Family == family)
            ? TimeSpan.FromSeconds(restart.RestartTimeSeconds)
            : null;

    /// <summary>How long the peer wants a family's routes to be kept after that (RFC 9494 §4.2).</summary>
    public TimeSpan LongLivedStaleTimeOf(AfiSafi family) => TimeSpan.FromSeconds(
        LongLivedRestart?.Families.LastOrDefault(entry => entry.Family == family).StaleTimeSeconds ?? 0);

    /// <summary>Families for which the peer says that its forwarding stood.</summary>
    public ImmutableArray<AfiSafi> ForwardingPreserved => GracefulRestart is null
        ? []
        : [.. GracefulRestart.Families.Where(entry => entry.ForwardingPreserved).Select(entry => entry.Family)];

    /// <summary>Families for which the peer says that its forwarding stood, also while its routes were kept for long
    /// (RFC 9494 §4.2).</summary>
    public ImmutableArray<AfiSafi> LongLivedPreserved => LongLivedRestart is null
        ? []
        : [.. LongLivedRestart.Families.Where(entry => entry.ForwardingPreserved).Select(entry => entry.Family)];

    /// <summary>Both sides take IPv4 routes with IPv6 next hops (RFC 8950 §4).</summary>
    public bool ExtendedNextHop { get; init; }

    /// <summary>Both sides take extended messages (RFC 8654).</summary>
    public bool ExtendedMessages { get; init; }

    /// <summary>All capabilities of the peer, for status.</summary>
    public required ImmutableArray<Capability> PeerCapabilities { get; init; }
}
