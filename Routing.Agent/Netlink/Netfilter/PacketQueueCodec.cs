using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Routing.Agent.Netlink.Netfilter;

/// <summary>Messages of nfnetlink_queue (linux/netfilter/nfnetlink_queue.h).</summary>
internal static class PacketQueueCodec
{
    private const ushort PacketMessage = (3 << 8) | 0, VerdictMessage = (3 << 8) | 1, ConfigMessage = (3 << 8) | 2; // NFNL_SUBSYS_QUEUE, NFQNL_MSG_*
    private const ushort Command = 1, Parameters = 2, MaxLength = 3, Mask = 4, Flags = 5; // NFQA_CFG_*
    private const byte Bind = 1; // NFQNL_CFG_CMD_BIND
    private const byte CopyPacket = 2; // NFQNL_COPY_PACKET
    private const uint FailOpen = 1; // NFQA_CFG_F_FAIL_OPEN
    private const ushort PacketHeader = 1, VerdictHeader = 2, Payload = 10; // NFQA_*
    private const uint Accept = 1; // NF_ACCEPT

    /// <summary>Asks for a queue's packets. What the queue, or our socket, has no room for goes on at once.</summary>
    /// <param name="snapLength">Octets of each packet.</param>
    /// <param name="length">Packets that the queue holds.</param>
    public static void WriteBind(NetlinkWriter writer, uint sequence, ushort queue, int snapLength, int length)
    {
        writer.BeginMessage(ConfigMessage, NetlinkFlags.None, sequence);
        writer.PutStruct(new Header { Queue = BinaryPrimitives.ReverseEndianness(queue) });
        writer.PutBytes(Command, [Bind, 0, 0, 0]); // struct nfqnl_msg_config_cmd: command, padding, family
        Span<byte> parameters = stackalloc byte[5]; // struct nfqnl_msg_config_params: range, mode
        BinaryPrimitives.WriteUInt32BigEndian(parameters, (uint)snapLength);
        parameters[4] = CopyPacket;
        writer.PutBytes(Parameters, parameters);
        writer.PutU32BigEndian(MaxLength, (uint)length);
        writer.PutU32BigEndian(Flags, FailOpen);
        writer.PutU32BigEndian(Mask, FailOpen);
        writer.EndMessage();
    }

    /// <summary>Lets a packet go on.</summary>
    public static void WriteAccept(NetlinkWriter writer, uint sequence, ushort queue, uint id)
    {
        writer.BeginMessage(VerdictMessage, NetlinkFlags.None, sequence);
        writer.PutStruct(new Header { Queue = BinaryPrimitives.ReverseEndianness(queue) });
        Span<byte> verdict = stackalloc byte[8]; // struct nfqnl_msg_verdict_hdr
        BinaryPrimitives.WriteUInt32BigEndian(verdict, Accept);
        BinaryPrimitives.WriteUInt32BigEndian(verdict[4..], id);
        writer.PutBytes(VerdictHeader, verdict);
        writer.EndMessage();
    }

    /// <summary>Reads a packet; one without octets has to be let go all the same.</summary>
    /// <returns>False for a message that is none.</returns>
    public static bool TryDecode(in NetlinkMessage message, out HeldPacket packet)
    {
        packet = default;
        if (message.Type != PacketMessage || !message.TryReadStruct<Header>(out _, out var attributes))
        {
            return false;
        }

        uint? id = null;
        byte[] octets = [];
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case PacketHeader when attribute.Payload.Length >= sizeof(uint):
                    id = attribute.U32BigEndian;
                    break;
                case Payload:
                    octets = attribute.Payload.ToArray();
                    break;
            }
        }

        packet = new HeldPacket(id, octets);
        return id is not null;
    }

    /// <summary>struct nfgenmsg, where the resource is the queue.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public byte Family;
        public byte Version;
        public ushort Queue; // big-endian
    }
}
