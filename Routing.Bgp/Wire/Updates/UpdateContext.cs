using System.Collections.Immutable;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Wire.Updates;

/// <summary>What an UPDATE's meaning depends on beside its octets: the outcome of the OPENs.</summary>
internal sealed class UpdateContext
{
    private readonly bool _ipv4Unicast;
    private readonly bool _ipv6Unicast;
    private readonly bool _ipv4PathIds;
    private readonly bool _ipv6PathIds;

    /// <param name="families">Families both sides announced.</param>
    /// <param name="isExternal">True when the peer is in another AS and in no confederation with us.</param>
    /// <param name="fourOctetAsn">True when both sides announced four-octet AS numbers (RFC 6793).</param>
    /// <param name="pathIds">Families whose NLRI come with path identifiers (RFC 7911 §3).</param>
    public UpdateContext(
        ImmutableArray<AfiSafi> families, bool isExternal, bool fourOctetAsn, ImmutableArray<AfiSafi> pathIds)
    {
        _ipv4PathIds = pathIds.Contains(AfiSafi.IPv4Unicast);
        _ipv6PathIds = pathIds.Contains(AfiSafi.IPv6Unicast);
        _ipv4Unicast = families.Contains(AfiSafi.IPv4Unicast);
        _ipv6Unicast = families.Contains(AfiSafi.IPv6Unicast);
        IsExternal = isExternal;
        FourOctetAsn = fourOctetAsn;
    }

    /// <summary>True when the peer is in another AS and in no confederation with us.</summary>
    public bool IsExternal { get; }

    /// <summary>What this end demands.</summary>
    public UpdateRules Rules { get; init; } = UpdateRules.Default;

    /// <summary>True when AS_PATH and AGGREGATOR hold AS numbers of four octets.</summary>
    public bool FourOctetAsn { get; }

    /// <summary>IPv4 routes may have IPv6 next hops (RFC 8950).</summary>
    public bool ExtendedNextHop { get; init; }

    /// <summary>Most path attributes that an UPDATE may have.</summary>
    public int MaximumAttributes { get; init; } = byte.MaxValue;

    /// <summary>Longest AS_PATH, as the decision process counts.</summary>
    public int MaximumAsPathLength { get; init; } = int.MaxValue;

    /// <summary>True when routes of the family were negotiated; others are ignored (RFC 4760 §8).</summary>
    public bool Carries(AfiSafi family) => family switch
    {
        AfiSafi.IPv4Unicast => _ipv4Unicast,
        AfiSafi.IPv6Unicast => _ipv6Unicast,
        _ => false,
    };

    /// <summary>True when a path identifier stands before each prefix of the family (RFC 7911 §3).</summary>
    public bool HasPathIds(AfiSafi family) => family switch
    {
        AfiSafi.IPv4Unicast => _ipv4PathIds,
        AfiSafi.IPv6Unicast => _ipv6PathIds,
        _ => false,
    };

    /// <summary><see cref="NlriCodec.IsWellFormed"/> as this peer writes NLRI.</summary>
    public bool IsWellFormed(AfiSafi family, ReadOnlySpan<byte> nlri) =>
        NlriCodec.IsWellFormed(family, nlri, HasPathIds(family));
}
