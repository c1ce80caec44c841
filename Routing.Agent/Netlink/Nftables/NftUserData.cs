using System.Runtime.InteropServices;
using System.Text;

namespace Routing.Agent.Netlink.Nftables;

/// <summary>What the kernel keeps for nft without reading it: type, length and value in an octet, an octet and that
/// many (libnftnl's udata.h). Comments live here, and what nft must know to show a set's keys.</summary>
internal static class NftUserData
{
    /// <summary>A comment's octets without its NUL (libnftnl's NFTNL_UDATA_COMMENT_MAXLEN is 128).</summary>
    public const int MaxCommentLength = 127;

    private const byte Comment = 0; // NFTNL_UDATA_{RULE,CHAIN,TABLE}_COMMENT
    private const byte SetKeyByteOrder = 0, SetDataByteOrder = 1, SetComment = 7; // NFTNL_UDATA_SET_*

    /// <summary>User data of a table, a chain or a rule; nothing for no comment.</summary>
    public static void WriteComment(NetlinkWriter writer, ushort attribute, string comment)
    {
        if (comment.Length > 0)
        {
            Span<byte> value = stackalloc byte[2 + MaxCommentLength + 1];
            writer.PutBytes(attribute, value[..WriteText(value, Comment, comment)]);
        }
    }

    /// <summary>User data of a set.</summary>
    public static void WriteSet(NetlinkWriter writer, ushort attribute, NftSet set)
    {
        Span<byte> value = stackalloc byte[6 + 6 + 2 + MaxCommentLength + 1];
        var length = WriteNumber(value, SetKeyByteOrder, (uint)set.KeyByteOrder);
        if (set.Flags.HasFlag(NftSetFlags.Map))
        {
            length += WriteNumber(value[length..], SetDataByteOrder, (uint)NftByteOrder.Invalid);
        }

        if (set.Comment.Length > 0)
        {
            length += WriteText(value[length..], SetComment, set.Comment);
        }

        writer.PutBytes(attribute, value[..length]);
    }

    /// <summary>The comment of a table, a chain or a rule.</summary>
    public static string ReadComment(ReadOnlySpan<byte> userData)
    {
        var comment = "";
        while (TryRead(ref userData, out var type, out var value))
        {
            comment = type == Comment ? ReadText(value) : comment;
        }

        return comment;
    }

    public static (NftByteOrder KeyByteOrder, string Comment) ReadSet(ReadOnlySpan<byte> userData)
    {
        var (order, comment) = (NftByteOrder.Invalid, "");
        while (TryRead(ref userData, out var type, out var value))
        {
            if (type == SetKeyByteOrder && MemoryMarshal.TryRead(value, out uint number))
            {
                order = (NftByteOrder)number;
            }
            else if (type == SetComment)
            {
                comment = ReadText(value);
            }
        }

        return (order, comment);
    }

    /// <summary>Cuts a comment to what the kernel keeps, never inside a character.</summary>
    public static string Fit(string comment)
    {
        var octets = 0;
        foreach (var (index, rune) in IndexedRunes(comment))
        {
            octets += rune.Utf8SequenceLength;
            if (octets > MaxCommentLength)
            {
                return comment[..index];
            }
        }

        return comment;
    }

    private static IEnumerable<(int Index, Rune Rune)> IndexedRunes(string text)
    {
        var index = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            yield return (index, rune);
            index += rune.Utf16SequenceLength;
        }
    }

    private static bool TryRead(ref ReadOnlySpan<byte> rest, out byte type, out ReadOnlySpan<byte> value)
    {
        if (rest.Length < 2 || rest[1] > rest.Length - 2)
        {
            type = 0;
            value = default;
            return false;
        }

        type = rest[0];
        value = rest.Slice(2, rest[1]);
        rest = rest[(2 + rest[1])..];
        return true;
    }

    private static string ReadText(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value.TrimEnd((byte)0));

    private static int WriteNumber(Span<byte> target, byte type, uint number)
    {
        (target[0], target[1]) = (type, sizeof(uint));
        MemoryMarshal.Write(target[2..], number);
        return 2 + sizeof(uint);
    }

    private static int WriteText(Span<byte> target, byte type, string text)
    {
        var length = Encoding.UTF8.GetBytes(Fit(text), target[2..]);
        target[2 + length] = 0;
        (target[0], target[1]) = (type, (byte)(length + 1));
        return 2 + length + 1;
    }
}
