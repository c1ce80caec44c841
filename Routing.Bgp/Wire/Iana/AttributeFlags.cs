namespace Routing.Bgp.Wire.Iana;

/// <summary>The flags octet of a path attribute (RFC 4271 §4.3).</summary>
/// <remarks><code>
///  0   1   2   3   4 5 6 7
/// +---+---+---+---+-------+
/// | O | T | P | E | unused|
/// +---+---+---+---+-------+
/// </code></remarks>
[Flags]
internal enum AttributeFlags : byte
{
    None = 0,

    /// <summary>The length field has two octets.</summary>
    ExtendedLength = 0x10,

    /// <summary>Some speaker on the way did not know the attribute.</summary>
    Partial = 0x20,

    /// <summary>Goes on to other peers; always set on well-known attributes.</summary>
    Transitive = 0x40,

    /// <summary>Not every speaker has to know the attribute.</summary>
    Optional = 0x80,
}
