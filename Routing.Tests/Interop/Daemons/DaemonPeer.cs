namespace Routing.Tests.Interop.Daemons;

/// <summary>A neighbour of a daemon.</summary>
/// <param name="Address">Its address; the session carries the address's own family, or both when asked.</param>
/// <param name="Asn">Its AS.</param>
/// <param name="LocalAddress">The daemon's own address on the link.</param>
internal sealed record DaemonPeer(string Address, uint Asn, string LocalAddress)
{
    public bool Passive { get; init; }

    public bool RouteReflectorClient { get; init; }

    /// <summary>IPv4 and IPv6 on the one session.</summary>
    public bool BothFamilies { get; init; }

    /// <summary>Further lines of the neighbour's section, in the daemon's own language. In FRR's and ours each is a whole
    /// line, "neighbor ADDRESS ..." and a field of the BGPPeer's spec.</summary>
    public string Further { get; init; } = "";

    /// <summary>Further lines for each of the neighbour's families, in the daemon's own language: of a channel (BIRD), of an
    /// address family (FRR), of an `afi-safis` (GoBGP).</summary>
    public string FamilyFurther { get; init; } = "";

    public bool IsIPv6 => Address.Contains(':', StringComparison.Ordinal);

    public bool CarriesIPv4 => BothFamilies || !IsIPv6;

    public bool CarriesIPv6 => BothFamilies || IsIPv6;
}
