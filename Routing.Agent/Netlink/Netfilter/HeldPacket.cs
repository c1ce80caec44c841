namespace Routing.Agent.Netlink.Netfilter;

/// <summary>A packet that a rule held, or a copy of one that went on.</summary>
/// <param name="Id">What the kernel calls it; null for a copy, which nobody has to let go.</param>
/// <param name="Octets">From its IP header on; perhaps cut.</param>
internal readonly record struct HeldPacket(uint? Id, byte[] Octets)
{
    /// <summary>Packets of its queue that went on unread since the one before it.</summary>
    public uint Missed { get; init; }
}
