using System.Buffers.Binary;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.RoutePolicy;

/// <summary>What a policy says of a route that is no BGP attribute, kept among the attributes so that it is interned with
/// them and costs nothing where it is not used. It never leaves this speaker.</summary>
/// <remarks><code>
/// type 0 (reserved by IANA; an attribute of this type off the wire is dropped before it becomes canonical), flags 0
///  0        1 .. 4     5 .. 8
/// +--------+----------+----------+
/// | traits | weight   | priority |
/// +--------+----------+----------+
/// </code></remarks>
/// <param name="Traits">What holds.</param>
/// <param name="Weight">Compared before LOCAL_PREF, the higher the better.</param>
/// <param name="Priority">Metric of the kernel route, when the traits say that there is one.</param>
internal readonly record struct LocalAttribute(LocalTraits Traits, uint Weight, uint Priority)
{
    /// <summary>Before all others, so that it is found with the first octets.</summary>
    public const AttributeType Type = AttributeType.Reserved;

    private const int EncodedLength = 9;

    /// <summary>Reads it from canonical attributes; the default where it is missing.</summary>
    public static LocalAttribute Read(ReadOnlySpan<byte> canonical)
    {
        var cursor = new AttributeCursor(canonical);
        return cursor.TryRead(out var first) && first.Type == Type ? Decode(first.Value) : default;
    }

    /// <summary>The metric of the kernel route, or null.</summary>
    public uint? PriorityOrNull => (Traits & LocalTraits.HasPriority) != 0 ? Priority : null;

    /// <summary>Puts it among the attributes in the editor, or takes it out when it says nothing.</summary>
    public void WriteTo(AttributeEditor editor)
    {
        if (this == default)
        {
            editor.Remove(Type);
            return;
        }

        Span<byte> value = stackalloc byte[EncodedLength];
        value[0] = (byte)Traits;
        BinaryPrimitives.WriteUInt32BigEndian(value[1..], Weight);
        BinaryPrimitives.WriteUInt32BigEndian(value[5..], Priority);
        editor.Set(0, Type, value);
    }

    /// <summary>Decodes the attribute's value.</summary>
    public static LocalAttribute Decode(ReadOnlySpan<byte> value) => new(
        (LocalTraits)value[0],
        BinaryPrimitives.ReadUInt32BigEndian(value[1..]),
        BinaryPrimitives.ReadUInt32BigEndian(value[5..]));
}
