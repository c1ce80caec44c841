using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Updates;

/// <summary>Where an attribute stands in the Path Attributes field.</summary>
internal readonly record struct AttributeEntry(
    AttributeType Type, AttributeFlags Flags, ushort Offset, byte HeaderLength, ushort ValueLength)
{
    /// <summary>The value, cut out of the field this entry was made from.</summary>
    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> attributes) =>
        attributes.Slice(Offset + HeaderLength, ValueLength);

    /// <summary>The attribute with its header.</summary>
    public ReadOnlySpan<byte> Octets(ReadOnlySpan<byte> attributes) =>
        attributes.Slice(Offset, HeaderLength + ValueLength);
}
