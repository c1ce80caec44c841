using System.Collections.Immutable;
using System.Net;
using Routing.Bgp.Bmp;
using Routing.Bgp.Mrt;
using Routing.Bgp.Rpki;
using Routing.Bgp.Speaker;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Agent.BgpConfig;

/// <summary>A BGPConfiguration. Null is "not said": the agent then asks the node, a speaker of its own must be told.</summary>
internal sealed record BgpConfiguration
{
    /// <summary>metadata.name.</summary>
    public required string Name { get; init; }

    /// <summary>asNumber.</summary>
    public uint? Asn { get; init; }

    /// <summary>routerID.</summary>
    public IPAddress? RouterId { get; init; }

    /// <summary>listenAddresses; empty listens on all addresses.</summary>
    public ImmutableArray<IPAddress> ListenAddresses { get; init; } = [];

    /// <summary>listenPort.</summary>
    public int? ListenPort { get; init; }

    /// <summary>clusterID.</summary>
    public IPAddress? ClusterId { get; init; }

    /// <summary>ebgpRequiresPolicy: nothing goes to or comes from other ASes without a filter (RFC 8212).</summary>
    public bool EbgpRequiresPolicy { get; init; }

    /// <summary>confederation: our AS is a member of one.</summary>
    public ConfederationOptions? Confederation { get; init; }

    /// <summary>installRoutes: best paths go to the kernel.</summary>
    public bool InstallRoutes { get; init; }

    /// <summary>originate[].prefix.</summary>
    public ImmutableArray<Prefix> Originate { get; init; } = [];

    /// <summary>maximumPaths: equal paths for the kernel.</summary>
    public int? MaximumPaths { get; init; }

    /// <summary>multipath: which paths are equal enough.</summary>
    public MultipathOptions? Multipath { get; init; }

    /// <summary>clientToClientReflection; false where clients are fully meshed.</summary>
    public bool? ReflectsBetweenClients { get; init; }

    /// <summary>resolveNextHops.</summary>
    public bool? ResolvesNextHops { get; init; }

    /// <summary>gracefulRestartTime; zero switches graceful restart off.</summary>
    public TimeSpan? GracefulRestartTime { get; init; }

    /// <summary>rpki: caches, and payloads of our own.</summary>
    public RpkiOptions Rpki { get; init; } = new();

    /// <summary>bmp.stations: who monitors us.</summary>
    public ImmutableArray<BmpStationConfig> BmpStations { get; init; } = [];

    /// <summary>mrt.sources: routes out of files.</summary>
    public ImmutableArray<MrtSourceConfig> MrtSources { get; init; } = [];

    /// <summary>mrt.logs: what is written of what sessions receive.</summary>
    public ImmutableArray<MrtLogConfig> MrtLogs { get; init; } = [];

    /// <summary>By value, also over the lists.</summary>
    public bool Equals(BgpConfiguration? other) =>
        other is not null && Name == other.Name && Asn == other.Asn && Equals(RouterId, other.RouterId)
        && ListenAddresses.SequenceEqual(other.ListenAddresses) && ListenPort == other.ListenPort
        && Equals(ClusterId, other.ClusterId) && Equals(Confederation, other.Confederation)
        && EbgpRequiresPolicy == other.EbgpRequiresPolicy && InstallRoutes == other.InstallRoutes
        && Originate.SequenceEqual(other.Originate) && MaximumPaths == other.MaximumPaths
        && Multipath == other.Multipath && ReflectsBetweenClients == other.ReflectsBetweenClients
        && ResolvesNextHops == other.ResolvesNextHops
        && GracefulRestartTime == other.GracefulRestartTime && Rpki.Equals(other.Rpki)
        && BmpStations.SequenceEqual(other.BmpStations) && MrtSources.SequenceEqual(other.MrtSources)
        && MrtLogs.SequenceEqual(other.MrtLogs);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Asn, RouterId, ListenPort);
}
