using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Wire.Messages;

/// <summary>One entry of an address prefix filter (RFC 5292 §2).</summary>
/// <remarks><code>
///  0   1   2   3 ... 7
/// +-------+---+-------+   then, unless the action is REMOVE-ALL:
/// | action| M | res.  |   sequence (32) | MinLen (8) | MaxLen (8) | length (8) | prefix
/// +-------+---+-------+   M: deny
/// </code></remarks>
/// <param name="Action">What becomes of the list.</param>
/// <param name="IsDeny">Routes that match are not wanted.</param>
/// <param name="Sequence">Its place in the list: of the entries that match a route the lowest decides.</param>
/// <param name="MinLength">Least prefix length, 0 for none.</param>
/// <param name="MaxLength">Greatest prefix length, 0 for none.</param>
/// <param name="Prefix">What covers the route.</param>
internal readonly record struct PrefixOrf(
    PrefixOrfAction Action, bool IsDeny, uint Sequence, byte MinLength, byte MaxLength, Prefix Prefix)
{
    /// <summary>Octets of the longest entry.</summary>
    public const int MaxEncodedLength = 1 + 4 + 1 + 1 + NlriCodec.MaxEncodedLength;

    private const byte DenyBit = 0x20;

    /// <summary>True when it speaks of a prefix: without lengths of the very prefix, otherwise of all inside it whose
    /// lengths lie between (RFC 5292 §3).</summary>
    public bool Matches(Prefix prefix)
    {
        if (!Prefix.Contains(prefix))
        {
            return false;
        }

        return MinLength == 0 && MaxLength == 0
            ? prefix.Length == Prefix.Length
            : prefix.Length >= MinLength && (MaxLength == 0 || prefix.Length <= MaxLength);
    }

    /// <summary>Reads the next entry.</summary>
    /// <returns>False when it is malformed.</returns>
    public static bool TryDecode(ref WireReader reader, AfiSafi family, out PrefixOrf entry)
    {
        entry = default;
        if (!reader.TryReadByte(out var flags) || flags >> 6 > (int)PrefixOrfAction.RemoveAll)
        {
            return false;
        }

        var action = (PrefixOrfAction)(flags >> 6);
        if (action == PrefixOrfAction.RemoveAll)
        {
            entry = new PrefixOrf(action, false, 0, 0, 0, default);
            return true;
        }

        if (!reader.TryReadUInt32(out var sequence) || !reader.TryReadByte(out var least)
            || !reader.TryReadByte(out var greatest) || reader.IsEmpty)
        {
            return false;
        }

        var octets = 1 + ((reader.Rest[0] + 7) >> 3);
        if (!reader.TryReadOctets(octets, out var nlri))
        {
            return false;
        }

        var cursor = new NlriCursor(family, nlri);
        var isGood = cursor.TryRead(out var prefix);
        entry = new PrefixOrf(action, (flags & DenyBit) != 0, sequence, least, greatest, prefix);
        return isGood;
    }

    /// <summary>Writes the entry.</summary>
    public void Encode(ref WireWriter writer)
    {
        writer.WriteByte((byte)(((int)Action << 6) | (IsDeny ? DenyBit : 0)));
        if (Action != PrefixOrfAction.RemoveAll)
        {
            writer.WriteUInt32(Sequence);
            writer.WriteByte(MinLength);
            writer.WriteByte(MaxLength);
            NlriCodec.Write(ref writer, Prefix);
        }
    }
}
