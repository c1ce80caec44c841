using System.Collections.Immutable;
using System.Net;
using Routing.Bgp.Fsm;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Session.Tcp;
using Routing.Bgp.Wire.Capabilities;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;
using Routing.Bgp.Wire.Updates;

namespace Routing.Bgp.Session;

/// <summary>What a <see cref="PeerSession"/> has to know; the speaker makes it of its own and the peer's
/// configuration.</summary>
internal sealed record PeerSessionSettings
{
    /// <summary>The name for logs and status.</summary>
    public required string Name { get; init; }

    /// <summary>The peer's place in the RIB.</summary>
    public required PeerIndex Peer { get; init; }

    /// <summary>The peer's address and port.</summary>
    public required IPEndPoint Remote { get; init; }

    /// <summary>The AS the peer must have.</summary>
    public required uint PeerAsn { get; init; }

    /// <summary>Inside our AS, in another member AS of our confederation, or outside.</summary>
    public required PathSourceKind Kind { get; init; }

    /// <summary>Our AS as the peer knows it.</summary>
    public required uint LocalAsn { get; init; }

    /// <summary>Our BGP Identifier, host order.</summary>
    public required uint BgpIdentifier { get; init; }

    /// <summary>Only accept, never connect; dynamic neighbours are always passive.</summary>
    public bool Passive { get; init; }

    /// <summary>How its sockets are set up.</summary>
    public ConnectionOptions Connection { get; init; } = new();

    /// <summary>Our other AS number, tried in turn with <see cref="LocalAsn"/> when the peer refuses one (dual-as); 0 for
    /// none.</summary>
    public uint AlternateLocalAsn { get; init; }

    /// <summary>What we are to the peer (RFC 9234); null says nothing.</summary>
    public PeerRole? Role { get; init; }

    /// <summary>The peer must say its role too.</summary>
    public bool StrictRole { get; init; }

    /// <summary>What is demanded of its UPDATEs.</summary>
    public UpdateRules UpdateRules { get; init; } = UpdateRules.Default;

    /// <summary>Families to offer.</summary>
    public ImmutableArray<AfiSafi> Families { get; init; } = [AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast];

    /// <summary>Offer IPv6 next hops of IPv4 routes (RFC 8950).</summary>
    public bool ExtendedNextHop { get; init; }

    /// <summary>Offer extended messages (RFC 8654).</summary>
    public bool ExtendedMessages { get; init; }

    /// <summary>Hold time to offer.</summary>
    public TimeSpan HoldTime { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Time between connection attempts.</summary>
    public TimeSpan ConnectRetryTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Several paths of a prefix (RFC 7911), in all families.</summary>
    public AddPathMode AddPath { get; init; }

    /// <summary>The peer may say which routes it wants (RFC 5291).</summary>
    public bool ReceivesFilters { get; init; }

    /// <summary>What the peer is told of the routes we want, in ascending order of sequence.</summary>
    public ImmutableArray<PrefixOrf> SentFilters { get; init; } = [];

    /// <summary>Restart time to announce; zero leaves graceful restart out, in both roles.</summary>
    public TimeSpan GracefulRestartTime { get; init; }

    /// <summary>Graceful restart also after a NOTIFICATION or an expired hold timer, when the peer agrees (RFC
    /// 8538).</summary>
    public bool NotificationRestart { get; init; } = true;

    /// <summary>How long routes may be kept past the restart time, ours by the peer and its by us; zero leaves it out
    /// (RFC 9494).</summary>
    public TimeSpan LongLivedStaleTime { get; init; }

    /// <summary>Our forwarding state stood through a restart of this process (RFC 4724 §4.1).</summary>
    public bool Restarting { get; init; }

    /// <summary>An operator has shut the peer down: the session stays in Idle until enabled.</summary>
    public bool IsShutDown { get; init; }

    /// <summary>How long the session stays down that a prefix limit has ended; null until it is reset.</summary>
    public TimeSpan? LimitRestartTime { get; init; }

    /// <summary>Most path attributes of an UPDATE.</summary>
    public int MaximumAttributes { get; init; } = byte.MaxValue;

    /// <summary>Longest AS_PATH.</summary>
    public int MaximumAsPathLength { get; init; } = int.MaxValue;

    /// <summary>Longest wait for End-of-RIB from a peer that is back after its restart, before what it has not
    /// announced again goes (RFC 4724 §4.2 leaves the length to us).</summary>
    public TimeSpan StalePathTime { get; init; } = TimeSpan.FromMinutes(6);

    /// <summary>Who sees the messages.</summary>
    public SessionTaps Taps { get; init; } = SessionTaps.None;

    /// <summary>What the peer is told of the routes we want of a family.</summary>
    public ImmutableArray<PrefixOrf> SentFiltersOf(AfiSafi family) =>
        [.. SentFilters.Where(filter => filter.Prefix.Family == family)];

    /// <summary>What our OPEN says.</summary>
    /// <param name="usesAlternateAsn">The peer has refused the other number.</param>
    /// <param name="isFirst">No session has been Established yet.</param>
    public LocalOpen ToOpen(bool usesAlternateAsn, bool isFirst) => new()
    {
        Asn = usesAlternateAsn ? AlternateLocalAsn : LocalAsn,
        BgpIdentifier = BgpIdentifier,
        HoldTime = HoldTime,
        Families = Families,
        ExtendedMessages = ExtendedMessages,
        ExtendedNextHop = ExtendedNextHop,
        AddPath = AddPath,
        Role = Role,
        StrictRole = StrictRole,
        ReceivesFilters = ReceivesFilters,
        SendsFilters = [.. Families.Where(family => !SentFiltersOf(family).IsEmpty)],
        RestartTime = GracefulRestartTime,
        NotificationRestart = NotificationRestart,
        LongLivedStaleTime = LongLivedStaleTime,

        // RFC 4724 §4.1: in the first session after the restart. Forwarding also stands while a mere connection is
        // away.
        RestartState = Restarting && isFirst,
        ForwardingPreserved = Restarting || !isFirst,
    };
}
