using System.Collections.Immutable;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Capabilities;

/// <summary>Several paths of one prefix, told apart by a path identifier before each NLRI (RFC 7911 §4). Identifiers go
/// one way of one family when one side would send and the other receives.</summary>
/// <remarks><code>for each family:   AFI (16) | SAFI (8) | 1 receive, 2 send, 3 both (8)</code></remarks>
internal sealed record AddPathCapability(ImmutableArray<AddPathFamily> Families) : Capability(CapabilityCode.AddPath)
{
    /// <summary>Null when the value is not four octets for each family.</summary>
    public static AddPathCapability? Decode(WireReader value)
    {
        var families = ImmutableArray.CreateBuilder<AddPathFamily>(value.Rest.Length / 4);
        var isUnderstood = true;
        while (!value.IsEmpty)
        {
            if (!value.TryReadUInt16(out var afi) || !value.TryReadByte(out var safi)
                || !value.TryReadByte(out var mode))
            {
                return null;
            }

            families.Add(new AddPathFamily(AfiSafis.Create(afi, safi), (AddPathMode)mode));
            isUnderstood &= mode is >= 1 and <= 3;
        }

        // RFC 7911 §4: with any other mode the capability is treated as not understood, that is, as if it were not there.
        return new AddPathCapability(isUnderstood ? families.DrainToImmutable() : []);
    }

    /// <summary>What is said of a family; None when nothing is. Of several entries the last counts.</summary>
    public AddPathMode ModeOf(AfiSafi family) => Families.LastOrDefault(entry => entry.Family == family).Mode;

    /// <inheritdoc/>
    public bool Equals(AddPathCapability? other) =>
        other is not null && Families.AsSpan().SequenceEqual(other.Families.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Code, Families.Length);

    /// <inheritdoc/>
    protected override void EncodeValue(ref WireWriter writer)
    {
        foreach (var (family, mode) in Families)
        {
            writer.WriteUInt16(family.Afi());
            writer.WriteByte(family.Safi());
            writer.WriteByte((byte)mode);
        }
    }
}
