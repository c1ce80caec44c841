using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Routing.Agent.Netlink.Netfilter;

/// <summary>Messages of nfnetlink_log (linux/netfilter/nfnetlink_log.h).</summary>
internal static class PacketLogCodec
{
    private const ushort PacketMessage = (4 << 8) | 0, ConfigMessage = (4 << 8) | 1; // NFNL_SUBSYS_ULOG, NFULNL_MSG_*
    private const ushort Command = 1, Mode = 2, BufferSize = 3, FlushTimeout = 4, Threshold = 5, Flags = 6; // NFULA_CFG_*
    private const byte Bind = 1; // NFULNL_CFG_CMD_BIND
    private const byte CopyPacket = 2; // NFULNL_COPY_PACKET
    private const ushort WithSequence = 1; // NFULNL_CFG_F_SEQ
    private const ushort InputInterface = 4, OutputInterface = 5, Payload = 9, Prefix = 10, Sequence = 12; // NFULA_*

    /// <summary>The kernel gathers packets into datagrams of so many octets; less than our receive buffer.</summary>
    private const uint DatagramOctets = 32 * 1024;

    /// <summary>A datagram goes when it holds so many packets, or is so old in hundredths of a second: a few system calls for a
    /// flood, and no wait that a person would notice.</summary>
    private const uint DatagramPackets = 64, DatagramHundredths = 10;

    /// <summary>Asks for a group's packets.</summary>
    /// <param name="snapLength">Octets of each packet; a rule may say less.</param>
    /// <param name="isUrgent">Each packet comes by itself and at once.</param>
    public static void WriteBind(NetlinkWriter writer, uint sequence, ushort group, int snapLength, bool isUrgent = false)
    {
        writer.BeginMessage(ConfigMessage, NetlinkFlags.None, sequence);
        writer.PutStruct(new Header { Group = BinaryPrimitives.ReverseEndianness(group) });
        writer.PutU8(Command, Bind);
        Span<byte> mode = stackalloc byte[6]; // struct nfulnl_msg_config_mode: range, mode, padding
        mode.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(mode, (uint)snapLength);
        mode[4] = CopyPacket;
        writer.PutBytes(Mode, mode);
        writer.PutU32BigEndian(BufferSize, DatagramOctets);
        writer.PutU32BigEndian(FlushTimeout, DatagramHundredths);
        writer.PutU32BigEndian(Threshold, isUrgent ? 1 : DatagramPackets);
        writer.PutU16(Flags, BinaryPrimitives.ReverseEndianness(WithSequence));
        writer.EndMessage();
    }

    /// <summary>Reads a packet.</summary>
    /// <returns>False for a message that is none.</returns>
    public static bool TryDecode(in NetlinkMessage message, out LoggedPacket packet)
    {
        packet = default;
        if (message.Type != PacketMessage || !message.TryReadStruct<Header>(out _, out var attributes))
        {
            return false;
        }

        var (prefix, input, output, sequence) = ("", 0u, 0u, 0u);
        PacketHeader? header = null;
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case InputInterface:
                    input = attribute.U32BigEndian;
                    break;
                case OutputInterface:
                    output = attribute.U32BigEndian;
                    break;
                case Prefix:
                    prefix = attribute.Text;
                    break;
                case Sequence:
                    sequence = attribute.U32BigEndian;
                    break;
                case Payload when PacketHeader.TryRead(attribute.Payload, out var read):
                    header = read;
                    break;
            }
        }

        packet = new LoggedPacket(prefix, (int)input, (int)output, header, sequence);
        return true;
    }

    /// <summary>Reads a packet as it was, from its IP header on.</summary>
    /// <returns>False for a message that is none.</returns>
    public static bool TryDecodeCopy(in NetlinkMessage message, out HeldPacket packet)
    {
        packet = default;
        if (message.Type != PacketMessage || !message.TryReadStruct<Header>(out _, out var attributes))
        {
            return false;
        }

        while (attributes.TryRead(out var attribute))
        {
            if (attribute.Type == Payload)
            {
                packet = new HeldPacket(null, attribute.Payload.ToArray());
                return true;
            }
        }

        return false;
    }

    /// <summary>struct nfgenmsg, where the resource is the group.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public byte Family;
        public byte Version;
        public ushort Group; // big-endian
    }
}
