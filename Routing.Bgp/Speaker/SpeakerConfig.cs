using System.Collections.Immutable;
using System.Net;
using Routing.Bgp.Bmp;
using Routing.Bgp.Mrt;
using Routing.Bgp.Rpki;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Speaker;

/// <summary>All that a speaker is told: domain types, already checked at the border where they were read.</summary>
public sealed record SpeakerConfig
{
    /// <summary>Our AS number.</summary>
    public required uint Asn { get; init; }

    /// <summary>Our BGP Identifier as a dotted quad (RFC 6286).</summary>
    public required IPAddress RouterId { get; init; }

    /// <summary>Where connections are accepted; empty for a speaker that only connects.</summary>
    public ImmutableArray<IPEndPoint> ListenEndpoints { get; init; } = [];

    /// <summary>Cluster id as a route reflector (RFC 4456 §7); the router id when null.</summary>
    public IPAddress? ClusterId { get; init; }

    /// <summary>The confederation that our AS is a member of; null outside one.</summary>
    public ConfederationOptions? Confederation { get; init; }

    /// <summary>A neighbour in another AS without an import filter tells us nothing that counts, and one without an export
    /// filter is told nothing (RFC 8212 §2).</summary>
    public bool ExternalRequiresPolicy { get; init; }

    /// <summary>The neighbours.</summary>
    public ImmutableArray<PeerConfig> Peers { get; init; } = [];

    /// <summary>Prefixes originated for as long as this configuration holds; the rest comes through
    /// <c>BgpSpeaker.OriginateAsync</c>.</summary>
    public ImmutableArray<Prefix> Originate { get; init; } = [];

    /// <summary>Where knowledge of the RPKI comes from.</summary>
    public RpkiOptions Rpki { get; init; } = new();

    /// <summary>Routes out of MRT files.</summary>
    public ImmutableArray<MrtSourceConfig> MrtSources { get; init; } = [];

    /// <summary>Logs of what the sessions receive.</summary>
    public ImmutableArray<MrtLogConfig> MrtLogs { get; init; } = [];

    /// <summary>Monitoring stations (RFC 7854).</summary>
    public ImmutableArray<BmpStationConfig> BmpStations { get; init; } = [];

    /// <summary>Restart time announced in the graceful restart capability (RFC 4724 §3); zero announces none.</summary>
    public TimeSpan GracefulRestartTime { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>True when this start follows one whose forwarding state still stands in the kernel: the restart state and
    /// forwarding bits are set in the first OPENs (RFC 4724 §4.1).</summary>
    public bool Restarting { get; init; }

    /// <summary>Longest wait for the peers' End-of-RIB after a start (RFC 4724 §4.1, Selection_Deferral_Timer). Shorter than
    /// the restart time, so that our own End-of-RIB comes before the peers drop what they kept of us.</summary>
    public TimeSpan SelectionDeferralTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Greatest number of equal paths handed to the FIB.</summary>
    public int MaximumPaths { get; init; } = 1;

    /// <summary>Which paths are equal enough.</summary>
    public MultipathOptions Multipath { get; init; } = new();

    /// <summary>Routes of a client go to other clients of the same cluster. False where they are fully meshed (RFC 4456
    /// §6).</summary>
    public bool ReflectsBetweenClients { get; init; } = true;

    /// <summary>Next hops are resolved (RFC 4271 §9.1.2.1) by the interior routes, where somebody says what those are. False
    /// takes every next hop as reachable.</summary>
    public bool ResolvesNextHops { get; init; } = true;
}
