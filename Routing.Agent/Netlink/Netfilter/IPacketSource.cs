using System.Threading.Channels;

namespace Routing.Agent.Netlink.Netfilter;

/// <summary>Packets that rules hand to us.</summary>
internal interface IPacketSource : IDisposable
{
    /// <summary>In the kernel's order, for one reader.</summary>
    ChannelReader<HeldPacket> Packets { get; }

    /// <summary>Lets a held packet go on; for any thread.</summary>
    /// <exception cref="NetlinkException">The kernel does not know it.</exception>
    void Release(uint id);
}
