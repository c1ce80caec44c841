namespace Routing.Agent.Netlink.Nftables;

/// <summary>Attributes of chains (NFTA_CHAIN_*).</summary>
internal static class NftChainCodec
{
    private const ushort Table = 1, Name = 3, Hook = 4, Policy = 5, Type = 7, UserData = 12; // NFTA_CHAIN_*
    private const ushort HookNumber = 1, HookPriority = 2; // NFTA_HOOK_*

    public static void WriteNew(NetlinkWriter writer, string table, NftChain chain)
    {
        WriteKey(writer, table, chain.Name);
        if (chain.Base is { } hooked)
        {
            var hook = writer.BeginNested(Hook);
            writer.PutU32BigEndian(HookNumber, (uint)hooked.Hook);
            writer.PutU32BigEndian(HookPriority, (uint)hooked.Priority);
            writer.EndNested(hook);
            writer.PutU32BigEndian(Policy, (uint)hooked.Policy);
            writer.PutString(Type, hooked.Type);
        }

        NftUserData.WriteComment(writer, UserData, chain.Comment);
    }

    public static void WriteKey(NetlinkWriter writer, string table, string chain)
    {
        writer.PutString(Table, table);
        writer.PutString(Name, chain);
    }

    /// <returns>False for a message that is none, or of another table.</returns>
    public static bool TryDecode(in NetlinkMessage message, string table, out NftChain chain)
    {
        chain = null!;
        if (message.Type != NftMessageType.NewChain
            || !message.TryReadStruct<NftHeader>(out var header, out var attributes)
            || header.Family != NftHeader.Inet)
        {
            return false;
        }

        var (ofTable, name, comment) = ("", "", "");
        NftBaseChain? hooked = null;
        var (policy, type) = (NftVerdictCode.Accept, "");
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
                case Hook:
                    hooked = ReadHook(attribute.Nested);
                    break;
                case Policy:
                    policy = (NftVerdictCode)attribute.U32BigEndian;
                    break;
                case Type:
                    type = attribute.Text;
                    break;
                case UserData:
                    comment = NftUserData.ReadComment(attribute.Payload);
                    break;
            }
        }

        chain = new NftChain(name, hooked is null ? null : hooked with { Policy = policy, Type = type }, comment);
        return ofTable == table;
    }

    private static NftBaseChain ReadHook(AttributeReader attributes)
    {
        var (number, priority) = (0u, 0);
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case HookNumber:
                    number = attribute.U32BigEndian;
                    break;
                case HookPriority:
                    priority = (int)attribute.U32BigEndian;
                    break;
            }
        }

        return new NftBaseChain((NftHook)number, priority);
    }
}
