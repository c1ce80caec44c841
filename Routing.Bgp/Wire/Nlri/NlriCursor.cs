using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Nlri;

/// <summary>Walks NLRI in wire form.</summary>
/// <param name="family">A family this speaker knows.</param>
/// <param name="nlri">Borrowed; checked by <see cref="NlriCodec.IsWellFormed"/> before.</param>
/// <param name="hasPathIds">A path identifier stands before each prefix (RFC 7911 §3).</param>
internal ref struct NlriCursor(AfiSafi family, ReadOnlySpan<byte> nlri, bool hasPathIds = false)
{
    private readonly AfiSafi _family = family;
    private readonly bool _hasPathIds = hasPathIds;
    private ReadOnlySpan<byte> _rest = nlri;

    /// <summary>Octets not read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>Reads the next prefix and clears the bits past its length, which are irrelevant (RFC 4271
    /// §4.3).</summary>
    /// <returns>False at the end, and at a length that does not fit.</returns>
    public bool TryRead(out Prefix prefix) => TryRead(out prefix, out _);

    /// <summary>Reads the next prefix with its path identifier; 0 where there are none.</summary>
    /// <returns>False at the end, and at a length that does not fit.</returns>
    public bool TryRead(out Prefix prefix, out uint pathId)
    {
        prefix = default;
        return TryReadPathId(out pathId) && TryReadPrefix(out prefix);
    }

    /// <summary>Reads the next prefix of IPv4 as one number: the address in the high half, the length in the low one. A table
    /// load reads a million.</summary>
    /// <returns>As <see cref="TryRead(out Prefix, out uint)"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadIPv4(out ulong prefix, out uint pathId)
    {
        prefix = 0;
        pathId = 0;
        if (_hasPathIds && !TryReadPathId(out pathId))
        {
            return false;
        }

        var rest = _rest;
        if (rest.IsEmpty)
        {
            return false;
        }

        int bits = rest[0];
        var octets = (bits + 7) >> 3;
        if (bits > 32 || octets >= rest.Length)
        {
            return false;
        }

        var mask = (uint)(0xFFFF_FFFF_0000_0000 >> bits);
        prefix = ((ulong)(ReadIPv4(rest, octets) & mask) << 32) | (uint)bits;
        _rest = rest[(1 + octets)..];
        return true;
    }

    private bool TryReadPathId(out uint pathId)
    {
        pathId = 0;
        if (_hasPathIds)
        {
            if (_rest.Length < NlriCodec.PathIdLength)
            {
                return false;
            }

            pathId = BinaryPrimitives.ReadUInt32BigEndian(_rest);
            _rest = _rest[NlriCodec.PathIdLength..];
        }

        return true;
    }

    private bool TryReadPrefix(out Prefix prefix)
    {
        prefix = default;
        if (_rest.IsEmpty)
        {
            return false;
        }

        int bits = _rest[0];
        var octets = (bits + 7) >> 3;
        if (bits > _family.AddressOctets() * 8 || octets >= _rest.Length)
        {
            return false;
        }

        prefix = _family == AfiSafi.IPv4Unicast
            ? Prefix.CreateIPv4(ReadIPv4(_rest, octets), bits)
            : Prefix.CreateIPv6(ReadIPv6(_rest.Slice(1, octets)), bits);
        _rest = _rest[(1 + octets)..];
        return true;
    }

    /// <summary>Reads past the prefix where there is room, which its mask takes away again; a /24 at the end is read with its
    /// length instead. Almost every prefix of a table comes one of these ways.</summary>
    /// <param name="octets">From the length on.</param>
    /// <param name="count">Octets of the address.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ReadIPv4(ReadOnlySpan<byte> octets, int count) =>
        octets.Length > sizeof(uint) ? BinaryPrimitives.ReadUInt32BigEndian(octets[1..])
        : octets.Length == sizeof(uint) ? BinaryPrimitives.ReadUInt32BigEndian(octets) << 8
        : ReadShortIPv4(octets[1..], count);

    private static uint ReadShortIPv4(ReadOnlySpan<byte> octets, int count)
    {
        var address = 0u;
        for (var i = 0; i < count; i++)
        {
            address |= (uint)octets[i] << (24 - (8 * i));
        }

        return address;
    }

    private static AddressBits ReadIPv6(ReadOnlySpan<byte> octets)
    {
        Span<byte> address = stackalloc byte[16];
        address.Clear();
        octets.CopyTo(address);
        return new AddressBits(
            BinaryPrimitives.ReadUInt64BigEndian(address), BinaryPrimitives.ReadUInt64BigEndian(address[sizeof(ulong)..]));
    }
}
