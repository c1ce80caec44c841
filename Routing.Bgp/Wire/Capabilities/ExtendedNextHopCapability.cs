using System.Collections.Immutable;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Capabilities;

/// <summary>The speaker takes routes of a family with next hops of another (RFC 8950 §4).</summary>
/// <param name="IPv6NextHops">Families that may have IPv6 next hops. Other combinations are read over.</param>
/// <remarks><code>for each:   AFI (16) | SAFI (16) | AFI of the next hop (16)</code></remarks>
internal sealed record ExtendedNextHopCapability(ImmutableArray<AfiSafi> IPv6NextHops)
    : Capability(CapabilityCode.ExtendedNextHop)
{
    private const ushort IPv6Afi = 2;

    /// <summary>Null when the value is not six octets for each.</summary>
    public static ExtendedNextHopCapability? Decode(WireReader value)
    {
        var families = ImmutableArray.CreateBuilder<AfiSafi>();
        while (!value.IsEmpty)
        {
            if (!value.TryReadUInt16(out var afi) || !value.TryReadUInt16(out var safi)
                || !value.TryReadUInt16(out var nextHopAfi))
            {
                return null;
            }

            if (nextHopAfi == IPv6Afi && safi <= byte.MaxValue)
            {
                families.Add(AfiSafis.Create(afi, (byte)safi));
            }
        }

        return new ExtendedNextHopCapability(families.ToImmutable());
    }

    /// <inheritdoc/>
    public bool Equals(ExtendedNextHopCapability? other) =>
        other is not null && IPv6NextHops.AsSpan().SequenceEqual(other.IPv6NextHops.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Code, IPv6NextHops.Length);

    /// <inheritdoc/>
    protected override void EncodeValue(ref WireWriter writer)
    {
        foreach (var family in IPv6NextHops)
        {
            writer.WriteUInt16(family.Afi());
            writer.WriteUInt16(family.Safi());
            writer.WriteUInt16(IPv6Afi);
        }
    }
}
