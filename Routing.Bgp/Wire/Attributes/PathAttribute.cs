using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Attributes;

/// <summary>One path attribute as it stands in a buffer; nothing is copied.</summary>
/// <param name="flags">The flags octet.</param>
/// <param name="type">The type octet; may be one this speaker does not know.</param>
/// <param name="value">The octets after the length field.</param>
/// <param name="octets">The attribute with its header.</param>
internal readonly ref struct PathAttribute(
    AttributeFlags flags, AttributeType type, ReadOnlySpan<byte> value, ReadOnlySpan<byte> octets)
{
    public AttributeFlags Flags { get; } = flags;

    public AttributeType Type { get; } = type;

    public ReadOnlySpan<byte> Value { get; } = value;

    /// <summary>Header and value, as NOTIFICATION data wants it (RFC 4271 §6.3) and as it is copied
    /// unchanged.</summary>
    public ReadOnlySpan<byte> Octets { get; } = octets;
}
