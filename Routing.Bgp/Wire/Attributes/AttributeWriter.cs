using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Attributes;

/// <summary>Writes path attributes with the shortest length field that fits, so that equal attributes are equal
/// octets.</summary>
internal static class AttributeWriter
{
    /// <summary>Octets of an attribute with its header.</summary>
    public static int EncodedLength(int valueLength) => valueLength + (valueLength > byte.MaxValue ? 4 : 3);

    /// <summary>Writes an attribute whose value is at hand.</summary>
    /// <param name="flags">Optional, Transitive and Partial; Extended Length is decided here.</param>
    public static void Write(
        ref WireWriter writer, AttributeFlags flags, AttributeType type, scoped ReadOnlySpan<byte> value)
    {
        WriteHeader(ref writer, flags, type, value.Length);
        writer.WriteOctets(value);
    }

    /// <summary>Writes the header of an attribute; the caller writes exactly <paramref name="valueLength"/> octets
    /// after it.</summary>
    public static void WriteHeader(ref WireWriter writer, AttributeFlags flags, AttributeType type, int valueLength)
    {
        var kept = flags & (AttributeFlags.Optional | AttributeFlags.Transitive | AttributeFlags.Partial);
        if (valueLength > byte.MaxValue)
        {
            writer.WriteByte((byte)(kept | AttributeFlags.ExtendedLength));
            writer.WriteByte((byte)type);
            writer.WriteUInt16(checked((ushort)valueLength));
        }
        else
        {
            writer.WriteByte((byte)kept);
            writer.WriteByte((byte)type);
            writer.WriteByte((byte)valueLength);
        }
    }

    /// <summary>Writes an attribute with a value of four octets (NEXT_HOP, MULTI_EXIT_DISC, LOCAL_PREF,
    /// ORIGINATOR_ID).</summary>
    public static void WriteUInt32(ref WireWriter writer, AttributeFlags flags, AttributeType type, uint value)
    {
        WriteHeader(ref writer, flags, type, sizeof(uint));
        writer.WriteUInt32(value);
    }
}
