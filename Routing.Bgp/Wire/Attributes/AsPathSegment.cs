using System.Buffers.Binary;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Attributes;

/// <summary>One segment of an AS_PATH as it stands in a buffer.</summary>
/// <param name="type">The segment type octet; may be undefined.</param>
/// <param name="asns">The AS numbers in wire form.</param>
/// <param name="asnOctets">Octets of an AS number: 2 or 4 (RFC 6793 §3).</param>
internal readonly ref struct AsPathSegment(AsPathSegmentType type, ReadOnlySpan<byte> asns, int asnOctets)
{
    private readonly int _asnOctets = asnOctets;

    public AsPathSegmentType Type { get; } = type;

    /// <summary>The AS numbers in wire form.</summary>
    public ReadOnlySpan<byte> Octets { get; } = asns;

    /// <summary>AS numbers in the segment.</summary>
    public int Count => Octets.Length / _asnOctets;

    /// <summary>An AS number, the leftmost first.</summary>
    public uint this[int index] => _asnOctets == 4
        ? BinaryPrimitives.ReadUInt32BigEndian(Octets[(index * 4)..])
        : BinaryPrimitives.ReadUInt16BigEndian(Octets[(index * 2)..]);

    /// <summary>What the segment adds to the path's length: a set counts one, confederation segments nothing
    /// (RFC 4271 §9.1.2.2 a, RFC 5065 §5.3).</summary>
    public int PathLength => Type switch
    {
        AsPathSegmentType.Sequence => Count,
        AsPathSegmentType.Set => 1,
        _ => 0,
    };
}
