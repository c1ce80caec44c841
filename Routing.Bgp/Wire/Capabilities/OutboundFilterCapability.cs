using System.Collections.Immutable;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Capabilities;

/// <summary>Outbound route filters: a speaker tells its peer which routes it wants (RFC 5291 §5). Only filters on prefixes
/// are known here (RFC 5292); other types are passed over.</summary>
/// <remarks><code>for each family:   AFI (16) | reserved (8) | SAFI (8) | count (8) | count times: type (8) | mode (8)</code></remarks>
internal sealed record OutboundFilterCapability(ImmutableArray<OrfFamily> Families)
    : Capability(CapabilityCode.OutboundFilter)
{
    /// <summary>ORF type "Address Prefix ORF" (RFC 5292 §2).</summary>
    public const byte PrefixType = 64;

    /// <summary>Null when a count runs past the value.</summary>
    public static OutboundFilterCapability? Decode(WireReader value)
    {
        var families = ImmutableArray.CreateBuilder<OrfFamily>();
        while (!value.IsEmpty)
        {
            if (!value.TryReadUInt16(out var afi) || !value.TryReadByte(out _) || !value.TryReadByte(out var safi)
                || !value.TryReadByte(out var count))
            {
                return null;
            }

            var mode = OrfMode.None;
            for (; count > 0; count--)
            {
                if (!value.TryReadByte(out var type) || !value.TryReadByte(out var octet))
                {
                    return null;
                }

                mode = type == PrefixType && octet is >= 1 and <= 3 ? (OrfMode)octet : mode;
            }

            families.Add(new OrfFamily(AfiSafis.Create(afi, safi), mode));
        }

        return new OutboundFilterCapability(families.DrainToImmutable());
    }

    /// <summary>What is said of a family; None when nothing is.</summary>
    public OrfMode ModeOf(AfiSafi family) => Families.LastOrDefault(entry => entry.Family == family).Mode;

    /// <inheritdoc/>
    public bool Equals(OutboundFilterCapability? other) =>
        other is not null && Families.AsSpan().SequenceEqual(other.Families.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Code, Families.Length);

    /// <inheritdoc/>
    protected override void EncodeValue(ref WireWriter writer)
    {
        foreach (var (family, mode) in Families)
        {
            writer.WriteUInt16(family.Afi());
            writer.WriteByte(0); // reserved
            writer.WriteByte(family.Safi());
            writer.WriteByte((byte)(mode == OrfMode.None ? 0 : 1));
            if (mode != OrfMode.None)
            {
                writer.WriteByte(PrefixType);
                writer.WriteByte((byte)mode);
            }
        }
    }
}
