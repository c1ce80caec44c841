using System.Runtime.InteropServices;

namespace Routing.Agent.Netlink.Nftables;

/// <summary>struct nfgenmsg (linux/netfilter/nfnetlink.h), at the start of every message.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NftHeader
{
    public byte Family;
    public byte Version; // NFNETLINK_V0
    public ushort ResourceId; // big-endian

    /// <summary>Tables that see IPv4 and IPv6 (NFPROTO_INET).</summary>
    public const byte Inet = 1;
}
