using System.Runtime.InteropServices;

namespace Routing.Agent.Netlink;

/// <summary>The kernel's answer to a request (NLMSG_ERROR): nlmsgerr, then extended-ack attributes.</summary>
/// <param name="Sequence">The request it answers.</param>
/// <param name="Errno">Positive; 0 is an acknowledgement.</param>
/// <param name="Message">NLMSGERR_ATTR_MSG, or null.</param>
internal readonly record struct NetlinkError(uint Sequence, int Errno, string? Message)
{
    private const int FixedLength = 4 + NetlinkWriter.HeaderLength; // nlmsgerr: the error, the request's header
    private const ushort MessageAttribute = 1; // NLMSGERR_ATTR_MSG

    /// <summary>Reads an NLMSG_ERROR, or the NLMSG_DONE of a dump, which may carry an error number as well.</summary>
    public static NetlinkError Read(in NetlinkMessage message)
    {
        var payload = message.Payload;
        var errno = MemoryMarshal.TryRead(payload, out int negative) ? -negative : 0;
        var attributesAt = message.Type == NetlinkMessage.Done ? 4 : FixedLength + RepeatedLength(message);
        string? text = null;
        if (message.Flags.HasFlag(NetlinkFlags.AckAttributes) && attributesAt <= payload.Length)
        {
            var attributes = new AttributeReader(payload[attributesAt..]);
            while (attributes.TryRead(out var attribute))
            {
                if (attribute.Type == MessageAttribute)
                {
                    text = attribute.Text;
                }
            }
        }

        return new NetlinkError(message.Sequence, errno, text);
    }

    /// <summary>Octets of the request that are repeated behind its header: none once NETLINK_CAP_ACK is set.</summary>
    private static int RepeatedLength(in NetlinkMessage message)
    {
        if (message.Flags.HasFlag(NetlinkFlags.Capped) || message.Payload.Length < FixedLength)
        {
            return 0;
        }

        var length = MemoryMarshal.Read<uint>(message.Payload[4..]);

        return (int)Math.Clamp(((long)length - NetlinkWriter.HeaderLength + 3) & ~3L, 0, int.MaxValue / 2);
    }
}
