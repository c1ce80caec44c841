using System.Buffers.Binary;

namespace Routing.Bgp.Wire.Attributes;

/// <summary>The value of an AIGP attribute: TLVs, of which the first of type 1 counts (RFC 7311 §3).</summary>
/// <remarks><code>
///  0        1        2 3 ... 10
/// +--------+--------+-----------------------+
/// | type 1 | length 11 (16) | metric (64)   |      the length counts the whole TLV
/// +--------+--------+-----------------------+
/// </code></remarks>
internal static class Aigp
{
    /// <summary>Octets of a value with the metric alone.</summary>
    public const int EncodedLength = 11;

    private const byte MetricType = 1;
    private const int HeaderLength = 3;

    /// <summary>Reads the metric of a value that <see cref="IsWellFormed"/>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out ulong metric)
    {
        while (TryReadTlv(ref value, out var type, out var content))
        {
            if (type == MetricType && content.Length == sizeof(ulong))
            {
                metric = BinaryPrimitives.ReadUInt64BigEndian(content);
                return true;
            }
        }

        metric = 0;
        return false;
    }

    /// <summary>TLVs to the last octet, and the first of type 1 has a metric (RFC 7311 §3). A value without any is well
    /// formed and says nothing.</summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> value)
    {
        var isFirst = true;
        while (TryReadTlv(ref value, out var type, out var content))
        {
            if (type == MetricType)
            {
                if (isFirst && content.Length != sizeof(ulong))
                {
                    return false;
                }

                isFirst = false;
            }
        }

        return value.IsEmpty;
    }

    /// <summary>Writes the metric.</summary>
    public static void Write(Span<byte> value, ulong metric)
    {
        value[0] = MetricType;
        BinaryPrimitives.WriteUInt16BigEndian(value[1..], EncodedLength);
        BinaryPrimitives.WriteUInt64BigEndian(value[HeaderLength..], metric);
    }

    private static bool TryReadTlv(ref ReadOnlySpan<byte> rest, out byte type, out ReadOnlySpan<byte> content)
    {
        type = 0;
        content = default;
        if (rest.Length < HeaderLength)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(rest[1..]);
        if (length < HeaderLength || length > rest.Length)
        {
            return false;
        }

        type = rest[0];
        content = rest[HeaderLength..length];
        rest = rest[length..];
        return true;
    }
}
