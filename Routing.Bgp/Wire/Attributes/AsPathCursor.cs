using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Attributes;

/// <summary>Walks the segments of an AS_PATH or AS4_PATH without judging them.</summary>
/// <param name="path">The attribute's value. Borrowed.</param>
/// <param name="asnOctets">4 in canonical attributes, AS4_PATH and between speakers of RFC 6793; else 2.</param>
internal ref struct AsPathCursor(ReadOnlySpan<byte> path, int asnOctets = 4)
{
    private readonly int _asnOctets = asnOctets;
    private ReadOnlySpan<byte> _rest = path;

    /// <summary>What is left; not empty after a false <see cref="TryRead"/> when a segment runs past the end.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    public bool TryRead(out AsPathSegment segment)
    {
        segment = default;
        if (_rest.Length < 2)
        {
            return false;
        }

        var octets = _rest[1] * _asnOctets;
        if (octets > _rest.Length - 2)
        {
            return false;
        }

        segment = new AsPathSegment((AsPathSegmentType)_rest[0], _rest.Slice(2, octets), _asnOctets);
        _rest = _rest[(2 + octets)..];
        return true;
    }
}
