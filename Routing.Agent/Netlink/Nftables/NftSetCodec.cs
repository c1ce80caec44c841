using Routing.Policy.Model;

namespace Routing.Agent.Netlink.Nftables;

/// <summary>Attributes of sets and maps (NFTA_SET_*).</summary>
internal static class NftSetCodec
{
    private const ushort Table = 1, Name = 2, Flags = 3, KeyType = 4, KeyLength = 5, DataType = 6; // NFTA_SET_*
    private const ushort Description = 9, Id = 10, UserData = 13; // NFTA_SET_*
    private const ushort Handle = 16, Expression = 17, Expressions = 18; // NFTA_SET_HANDLE, NFTA_SET_EXPR, NFTA_SET_EXPRESSIONS
    private const ushort Size = 1, Concatenation = 2, ListElement = 1, FieldLength = 1; // inside NFTA_SET_DESC
    private const uint Verdicts = 0xffffff00; // NFT_DATA_VERDICT

    /// <param name="id">A number that no other set of the batch has; the kernel insists on one.</param>
    public static void WriteNew(NetlinkWriter writer, string table, NftSet set, uint id)
    {
        WriteKey(writer, table, set.Name);
        writer.PutU32BigEndian(Flags, (uint)set.Flags);
        writer.PutU32BigEndian(KeyType, set.KeyType);
        writer.PutU32BigEndian(KeyLength, (uint)set.KeyLength);
        if (set.Flags.HasFlag(NftSetFlags.Map))
        {
            writer.PutU32BigEndian(DataType, Verdicts);
        }

        writer.PutU32BigEndian(Id, id);
        if (set.FieldLengths.Count > 0 || set.Capacity > 0)
        {
            WriteDescription(writer, set);
        }

        NftUserData.WriteSet(writer, UserData, set);
        if (set.Expression == NftSet.Counter)
        {
            NftExpressionCodec.WriteOne(writer, Expression, new NftExpression.Counter());
        }
    }

    public static void WriteKey(NetlinkWriter writer, string table, string? set)
    {
        writer.PutString(Table, table);
        if (set is not null)
        {
            writer.PutString(Name, set);
        }
    }

    /// <returns>False for a message that is none, or of another table.</returns>
    public static bool TryDecode(in NetlinkMessage message, string table, out NftSet set)
    {
        set = null!;
        if (message.Type != NftMessageType.NewSet
            || !message.TryReadStruct<NftHeader>(out var header, out var attributes)
            || header.Family != NftHeader.Inet)
        {
            return false;
        }

        var (ofTable, name, order, comment, expression) = ("", "", NftByteOrder.Invalid, "", "");
        var (flags, keyType, keyLength, capacity) = (0u, 0u, 0, 0);
        var fields = default(EquatableArray<int>);
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case Table:
                    ofTable = attribute.Text;
                    break;
                case Name:
                    name = attribute.Text;
                    break;
                case Flags:
                    flags = attribute.U32BigEndian;
                    break;
                case KeyType:
                    keyType = attribute.U32BigEndian;
                    break;
                case KeyLength:
                    keyLength = (int)attribute.U32BigEndian;
                    break;
                case Description:
                    (fields, capacity) = ReadDescription(attribute.Nested);
                    break;
                case Expression:
                    expression = NftExpressionCodec.ReadName(attribute.Nested);
                    break;
                case Expressions:
                    expression = "several"; // which we never write
                    break;
                case UserData:
                    (order, comment) = NftUserData.ReadSet(attribute.Payload);
                    break;
            }
        }

        set = new NftSet(name, (NftSetFlags)flags, keyType, keyLength, fields, order, comment, expression, capacity);
        return ofTable == table;
    }

    /// <summary>The set's own number; null for a message that is none.</summary>
    public static ulong? ReadHandle(in NetlinkMessage message)
    {
        if (message.Type == NftMessageType.NewSet && message.TryReadStruct<NftHeader>(out _, out var attributes))
        {
            while (attributes.TryRead(out var attribute))
            {
                if (attribute.Type == Handle)
                {
                    return attribute.U64BigEndian;
                }
            }
        }

        return null;
    }

    private static void WriteDescription(NetlinkWriter writer, NftSet set)
    {
        var description = writer.BeginNested(Description);
        if (set.Capacity > 0)
        {
            writer.PutU32BigEndian(Size, (uint)set.Capacity);
        }

        if (set.FieldLengths.Count > 0)
        {
            WriteFields(writer, set.FieldLengths);
        }

        writer.EndNested(description);
    }

    private static void WriteFields(NetlinkWriter writer, EquatableArray<int> lengths)
    {
        var concatenation = writer.BeginNested(Concatenation);
        foreach (var length in lengths)
        {
            var field = writer.BeginNested(ListElement);
            writer.PutU32BigEndian(FieldLength, (uint)length);
            writer.EndNested(field);
        }

        writer.EndNested(concatenation);
    }

    private static (EquatableArray<int> Fields, int Capacity) ReadDescription(AttributeReader description)
    {
        var (lengths, capacity) = (new List<int>(), 0);
        while (description.TryRead(out var part))
        {
            if (part.Type == Size)
            {
                capacity = (int)part.U32BigEndian;
            }

            var fields = part.Nested;
            while (part.Type == Concatenation && fields.TryRead(out var field))
            {
                var inner = field.Nested;
                while (inner.TryRead(out var length))
                {
                    lengths.Add((int)length.U32BigEndian);
                }
            }
        }

        return (lengths.ToEquatableArray(), capacity);
    }
}
