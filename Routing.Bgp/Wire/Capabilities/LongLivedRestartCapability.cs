using System.Collections.Immutable;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Capabilities;

/// <summary>Long-lived graceful restart (RFC 9494 §3.1): routes of a peer that stays away past its restart time are kept on
/// as the least preferred ones. Means nothing without <see cref="GracefulRestartCapability"/>.</summary>
/// <remarks><code>for each family:   AFI (16) | SAFI (8) | flags (8), F is 0x80 | long-lived stale time (24)</code></remarks>
internal sealed record LongLivedRestartCapability(ImmutableArray<LongLivedFamily> Families)
    : Capability(CapabilityCode.LongLivedRestart)
{
    /// <summary>Longest stale time: 24 bits, some 194 days.</summary>
    public const int MaxStaleTimeSeconds = 0xFFFFFF;

    private const byte ForwardingBit = 0x80;

    /// <summary>Null when the value is not seven octets for each family.</summary>
    public static LongLivedRestartCapability? Decode(WireReader value)
    {
        var families = ImmutableArray.CreateBuilder<LongLivedFamily>(value.Rest.Length / 7);
        while (!value.IsEmpty)
        {
            if (!value.TryReadUInt16(out var afi) || !value.TryReadByte(out var safi)
                || !value.TryReadUInt32(out var flagsAndTime))
            {
                return null;
            }

            families.Add(new LongLivedFamily(
                AfiSafis.Create(afi, safi),
                (flagsAndTime >> 24 & ForwardingBit) != 0,
                (int)(flagsAndTime & MaxStaleTimeSeconds)));
        }

        return new LongLivedRestartCapability(families.DrainToImmutable());
    }

    /// <inheritdoc/>
    public bool Equals(LongLivedRestartCapability? other) =>
        other is not null && Families.AsSpan().SequenceEqual(other.Families.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Code, Families.Length);

    /// <inheritdoc/>
    protected override void EncodeValue(ref WireWriter writer)
    {
        foreach (var (family, forwardingPreserved, seconds) in Families)
        {
            writer.WriteUInt16(family.Afi());
            writer.WriteByte(family.Safi());
            writer.WriteUInt32((uint)((forwardingPreserved ? ForwardingBit << 24 : 0) | seconds));
        }
    }
}
