using System.Buffers.Binary;

namespace Routing.Bgp.Wire;

/// <summary>A cursor over received octets, all fields big endian. A read that would run past the end gives false and
/// moves nothing, so no length field of a peer can throw.</summary>
/// <param name="octets">Borrowed: nothing read from it may be kept past the caller's hold on the buffer.</param>
internal ref struct WireReader(ReadOnlySpan<byte> octets)
{
    private ReadOnlySpan<byte> _rest = octets;

    /// <summary>Octets not read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>True when all has been read.</summary>
    public readonly bool IsEmpty => _rest.IsEmpty;

    public bool TryReadByte(out byte value)
    {
        if (_rest.IsEmpty)
        {
            value = 0;
            return false;
        }

        value = _rest[0];
        _rest = _rest[1..];
        return true;
    }

    public bool TryReadUInt16(out ushort value)
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(_rest, out value))
        {
            return false;
        }

        _rest = _rest[sizeof(ushort)..];
        return true;
    }

    public bool TryReadUInt32(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(_rest, out value))
        {
            return false;
        }

        _rest = _rest[sizeof(uint)..];
        return true;
    }

    public bool TryReadOctets(int length, out ReadOnlySpan<byte> octets)
    {
        if ((uint)length > (uint)_rest.Length)
        {
            octets = default;
            return false;
        }

        octets = _rest[..length];
        _rest = _rest[length..];
        return true;
    }

    /// <summary>Carves off a section, so a lying length field cannot make one field read its neighbour.</summary>
    public bool TryReadSection(int length, out WireReader section)
    {
        var read = TryReadOctets(length, out var octets);
        section = new WireReader(octets);
        return read;
    }
}
