using System.Buffers.Binary;
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
        pathId = 0;
        if (_hasPathIds)
        {
            if (_rest.Length < NlriCodec.PathIdLength)
            {
                prefix = default;
                return false;
            }

            pathId = BinaryPrimitives.ReadUInt32BigEndian(_rest);
            _rest = _rest[NlriCodec.PathIdLength..];
        }

        return TryReadPrefix(out prefix);
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
            ? Prefix.CreateIPv4(ReadIPv4(_rest[1..], octets), bits)
            : Prefix.CreateIPv6(ReadIPv6(_rest.Slice(1, octets)), bits);
        _rest = _rest[(1 + octets)..];
        return true;
    }

    /// <summary>Reads past the prefix where there is room, which its mask takes away again: almost every prefix of a table
    /// comes this way.</summary>
    private static uint ReadIPv4(ReadOnlySpan<byte> octets, int count)
    {
        if (octets.Length >= sizeof(uint))
        {
            return BinaryPrimitives.ReadUInt32BigEndian(octets);
        }

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
