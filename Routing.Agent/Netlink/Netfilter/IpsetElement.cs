namespace Routing.Agent.Netlink.Netfilter;

/// <summary>An element of an ipset, with what it has counted. Fields that the set's type has not are zero.</summary>
/// <param name="Address">First address of a block; IPv4 in the low 32 bits.</param>
/// <param name="Length">Length of the block's prefix; the width of a single address.</param>
/// <param name="Protocol">IANA number.</param>
/// <param name="Port">Port; of ICMP type and code as one number.</param>
/// <param name="Packets">Packets that found it.</param>
/// <param name="Octets">Their octets.</param>
internal readonly record struct IpsetElement(UInt128 Address, byte Length, byte Protocol, ushort Port, long Packets, long Octets);
