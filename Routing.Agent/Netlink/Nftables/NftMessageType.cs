namespace Routing.Agent.Netlink.Nftables;

/// <summary>nlmsg_type of nf_tables: the subsystem in the upper octet, the message in the lower
/// (linux/netfilter/nfnetlink.h, nf_tables.h).</summary>
internal static class NftMessageType
{
    public const ushort BatchBegin = 0x10; // NFNL_MSG_BATCH_BEGIN
    public const ushort BatchEnd = 0x11; // NFNL_MSG_BATCH_END

    public const ushort NewTable = Subsystem | 0;
    public const ushort GetTable = Subsystem | 1;
    public const ushort DeleteTable = Subsystem | 2;
    public const ushort NewChain = Subsystem | 3;
    public const ushort GetChain = Subsystem | 4;
    public const ushort DeleteChain = Subsystem | 5;
    public const ushort NewRule = Subsystem | 6;
    public const ushort GetRule = Subsystem | 7;
    public const ushort DeleteRule = Subsystem | 8;
    public const ushort NewSet = Subsystem | 9;
    public const ushort GetSet = Subsystem | 10;
    public const ushort DeleteSet = Subsystem | 11;
    public const ushort NewElement = Subsystem | 12;
    public const ushort GetElement = Subsystem | 13;
    public const ushort DeleteElement = Subsystem | 14;
    public const ushort NewGeneration = Subsystem | 15;
    public const ushort GetGeneration = Subsystem | 16;

    private const ushort Subsystem = 10 << 8; // NFNL_SUBSYS_NFTABLES
}
