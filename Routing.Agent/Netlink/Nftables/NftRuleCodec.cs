using Routing.Policy.Model;

namespace Routing.Agent.Netlink.Nftables;

/// <summary>Attributes of rules (NFTA_RULE_*).</summary>
internal static class NftRuleCodec
{
    private const ushort Table = 1, Chain = 2, Handle = 3, Expressions = 4, UserData = 7; // NFTA_RULE_*

    public static void WriteNew(NetlinkWriter writer, string table, NftRule rule)
    {
        WriteKey(writer, table, rule.Chain);
        var list = writer.BeginNested(Expressions);
        foreach (var expression in rule.Expressions)
        {
            NftExpressionCodec.Write(writer, expression);
        }

        writer.EndNested(list);
        NftUserData.WriteComment(writer, UserData, rule.Comment);
    }

    /// <summary>One rule, or all of a chain, or all of a table.</summary>
    public static void WriteKey(NetlinkWriter writer, string table, string? chain, ulong handle = 0)
    {
        writer.PutString(Table, table);
        if (chain is not null)
        {
            writer.PutString(Chain, chain);
        }

        if (handle != 0)
        {
            writer.PutU64BigEndian(Handle, handle);
        }
    }

    /// <returns>False for a message that is none, or of another table.</returns>
    public static bool TryDecode(in NetlinkMessage message, string table, out NftRule rule)
    {
        rule = null!;
        if (message.Type != NftMessageType.NewRule
            || !message.TryReadStruct<NftHeader>(out var header, out var attributes)
            || header.Family != NftHeader.Inet)
        {
            return false;
        }

        var (ofTable, chain, comment, handle) = ("", "", "", 0ul);
        var expressions = default(EquatableArray<NftExpression>);
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case Table:
                    ofTable = attribute.Text;
                    break;
                case Chain:
                    chain = attribute.Text;
                    break;
                case Handle:
                    handle = attribute.U64BigEndian;
                    break;
                case Expressions:
                    expressions = NftExpressionCodec.ReadList(attribute.Nested);
                    break;
                case UserData:
                    comment = NftUserData.ReadComment(attribute.Payload);
                    break;
            }
        }

        rule = new NftRule(chain, expressions, comment, handle);
        return ofTable == table;
    }

    /// <summary>Reads a rule with what it has counted: less than nothing for one that does not count.</summary>
    /// <returns>False for a message that is none, or of another table.</returns>
    public static bool TryDecodeCount(in NetlinkMessage message, string table, out (NftRule Rule, long Packets, long Octets) count)
    {
        count = default;
        if (!TryDecode(in message, table, out var rule))
        {
            return false;
        }

        count = (rule, -1, -1);
        message.TryReadStruct<NftHeader>(out _, out var attributes);
        while (attributes.TryRead(out var attribute))
        {
            if (attribute.Type == Expressions && NftExpressionCodec.TryReadCount(attribute.Nested, out var packets, out var octets))
            {
                count = (rule, packets, octets);
            }
        }

        return true;
    }
}
