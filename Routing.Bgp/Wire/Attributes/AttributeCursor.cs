using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Attributes;

/// <summary>Walks path attributes, off the wire or canonical (see <c>UpdateBatch</c>), without judging them.</summary>
/// <param name="attributes">The Path Attributes field of an UPDATE. Borrowed.</param>
internal ref struct AttributeCursor(ReadOnlySpan<byte> attributes)
{
    private ReadOnlySpan<byte> _rest = attributes;

    /// <summary>Octets of the field that are left; not empty after a false <see cref="TryRead"/> when an attribute
    /// header or length runs past the end of the field (RFC 7606 §4).</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>Reads the next attribute.</summary>
    /// <returns>False at the end, and where the rest is too short for a header or for the length it
    /// announces.</returns>
    public bool TryRead(out PathAttribute attribute)
    {
        attribute = default;
        if (_rest.Length < 3)
        {
            return false;
        }

        var flags = (AttributeFlags)_rest[0];
        int header = 3, length = _rest[2];
        if ((flags & AttributeFlags.ExtendedLength) != 0)
        {
            if (_rest.Length < 4)
            {
                return false;
            }

            header = 4;
            length = (length << 8) | _rest[3];
        }

        if (length > _rest.Length - header)
        {
            return false;
        }

        var octets = _rest[..(header + length)];
        attribute = new PathAttribute(flags, (AttributeType)_rest[1], octets[header..], octets);
        _rest = _rest[octets.Length..];
        return true;
    }

    /// <summary>Finds the value of an attribute among well-formed attributes.</summary>
    public static bool TryFind(ReadOnlySpan<byte> attributes, AttributeType type, out ReadOnlySpan<byte> value)
    {
        var cursor = new AttributeCursor(attributes);
        while (cursor.TryRead(out var attribute))
        {
            if (attribute.Type == type)
            {
                value = attribute.Value;
                return true;
            }
        }

        value = default;
        return false;
    }
}
