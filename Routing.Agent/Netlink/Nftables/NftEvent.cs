namespace Routing.Agent.Netlink.Nftables;

/// <summary>Something that was committed to nf_tables, by anyone.</summary>
/// <param name="Type">The message type; <see cref="NetlinkMessage.Overrun"/> when the kernel dropped events.</param>
/// <param name="Family">NFPROTO_*; 0 for a generation.</param>
/// <param name="Table">The table it belongs to; empty for a generation.</param>
/// <param name="Generation">For <see cref="NftMessageType.NewGeneration"/>, which ends each commit: its number.</param>
/// <param name="PortId">The netlink port of who did it.</param>
internal readonly record struct NftEvent(ushort Type, byte Family, string Table, uint Generation, uint PortId)
{
    private const ushort TableOrGeneration = 1; // NFTA_TABLE_NAME, NFTA_CHAIN_TABLE, ..., NFTA_GEN_ID

    /// <summary>True for a change to an object, false for the generation at its end and for an overrun.</summary>
    public bool IsChange => Type is not (NftMessageType.NewGeneration or NetlinkMessage.Overrun);

    public static bool TryDecode(in NetlinkMessage message, out NftEvent value)
    {
        value = default;
        if (message.Type >> 8 != NftMessageType.NewTable >> 8
            || !message.TryReadStruct<NftHeader>(out var header, out var attributes))
        {
            return false;
        }

        while (attributes.TryRead(out var attribute))
        {
            if (attribute.Type == TableOrGeneration)
            {
                value = message.Type == NftMessageType.NewGeneration
                    ? new NftEvent(message.Type, 0, "", attribute.U32BigEndian, message.PortId)
                    : new NftEvent(message.Type, header.Family, attribute.Text, 0, message.PortId);
                return true;
            }
        }

        return false;
    }
}
