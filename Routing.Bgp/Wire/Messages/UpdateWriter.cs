using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Wire.Messages;

/// <summary>The fixed parts of an UPDATE (RFC 4271 §4.3). A packer writes: <see cref="Begin"/>, withdrawn IPv4
/// prefixes, <see cref="BeginAttributes"/>, attributes, <see cref="EndAttributes"/>, announced IPv4 prefixes,
/// <see cref="End"/>.</summary>
internal static class UpdateWriter
{
    /// <summary>Octets of an UPDATE that says nothing: the header and two empty lengths.</summary>
    public const int Overhead = MessageHeader.Length + 4;

    /// <summary>Starts the message and its Withdrawn Routes field.</summary>
    /// <returns>Where the message starts, for <see cref="BeginAttributes"/> and <see cref="End"/>.</returns>
    public static int Begin(ref WireWriter writer)
    {
        var start = MessageHeader.Begin(ref writer, MessageType.Update);
        writer.ReserveUInt16();
        return start;
    }

    /// <summary>Ends the Withdrawn Routes field and starts the Path Attributes field.</summary>
    /// <returns>The place of the length, for <see cref="EndAttributes"/>.</returns>
    public static int BeginAttributes(ref WireWriter writer, int start)
    {
        writer.PatchLengthUInt16(start + MessageHeader.Length);
        return writer.ReserveUInt16();
    }

    /// <summary>Ends the Path Attributes field; what follows is NLRI.</summary>
    public static void EndAttributes(ref WireWriter writer, int attributesLength) =>
        writer.PatchLengthUInt16(attributesLength);

    /// <summary>Ends the message.</summary>
    public static void End(ref WireWriter writer, int start) => MessageHeader.End(ref writer, start);

    /// <summary>Writes the End-of-RIB marker of a family (RFC 4724 §2).</summary>
    public static void WriteEndOfRib(ref WireWriter writer, AfiSafi family)
    {
        var start = Begin(ref writer);
        var attributes = BeginAttributes(ref writer, start);
        if (family != AfiSafi.IPv4Unicast)
        {
            MpReachWriter.End(ref writer, MpReachWriter.BeginUnreach(ref writer, family));
        }

        EndAttributes(ref writer, attributes);
        End(ref writer, start);
    }
}
