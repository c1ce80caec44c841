using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Attributes;

/// <summary>Writes well-formed AS_PATHs anew with something changed. None of them makes a path longer.</summary>
internal static class AsPathEdits
{
    /// <summary>RFC 6996 §5; the last number of either range is reserved (RFC 7300) and no less private.</summary>
    public static bool IsPrivate(uint asn) => asn is (>= 64512 and <= 65535) or >= 4200000000;

    /// <summary>True when a path has private AS numbers that the scope covers.</summary>
    public static bool HasPrivate(ReadOnlySpan<byte> path, PrivateAsScope scope)
    {
        var (hasPrivate, hasPublic) = (false, false);
        var cursor = new AsPathCursor(path);
        while (cursor.TryRead(out var segment))
        {
            for (var i = 0; i < segment.Count && !IsConfederation(segment.Type); i++)
            {
                var isPrivate = IsPrivate(segment[i]);
                hasPrivate |= isPrivate;
                hasPublic |= !isPrivate;
            }
        }

        return hasPrivate && (scope == PrivateAsScope.All || !hasPublic);
    }

    /// <summary>True for the segments that do not leave a confederation.</summary>
    public static bool IsConfederation(AsPathSegmentType type) =>
        type is AsPathSegmentType.ConfedSequence or AsPathSegmentType.ConfedSet;

    /// <summary>The path without its confederation segments (RFC 5065 §4.1 c).</summary>
    public static void WriteWithoutConfederation(ref WireWriter writer, scoped ReadOnlySpan<byte> path)
    {
        var cursor = new AsPathCursor(path);
        while (cursor.TryRead(out var segment))
        {
            if (!IsConfederation(segment.Type))
            {
                WriteHeader(ref writer, segment.Type, segment.Count);
                writer.WriteOctets(segment.Octets);
            }
        }
    }

    /// <summary>The path with one AS number in the place of another.</summary>
    public static void WriteReplaced(ref WireWriter writer, scoped ReadOnlySpan<byte> path, uint asn, uint by)
    {
        var cursor = new AsPathCursor(path);
        while (cursor.TryRead(out var segment))
        {
            WriteHeader(ref writer, segment.Type, segment.Count);
            for (var i = 0; i < segment.Count; i++)
            {
                writer.WriteUInt32(segment[i] == asn ? by : segment[i]);
            }
        }
    }

    /// <summary>The path without private AS numbers, or with another in their place. Segments that become empty
    /// go.</summary>
    public static void WriteWithoutPrivate(
        ref WireWriter writer, scoped ReadOnlySpan<byte> path, uint keep, uint replacement)
    {
        var cursor = new AsPathCursor(path);
        while (cursor.TryRead(out var segment))
        {
            var start = writer.Position;
            WriteHeader(ref writer, segment.Type, 0);
            var count = 0;
            for (var i = 0; i < segment.Count; i++)
            {
                var isKept = IsConfederation(segment.Type) || !IsPrivate(segment[i]) || segment[i] == keep;
                if (isKept || replacement != 0)
                {
                    writer.WriteUInt32(isKept ? segment[i] : replacement);
                    count++;
                }
            }

            if (count == 0)
            {
                writer.Position = start;
            }
            else
            {
                writer.PatchByte(start + 1, (byte)count);
            }
        }
    }

    private static void WriteHeader(ref WireWriter writer, AsPathSegmentType type, int count)
    {
        writer.WriteByte((byte)type);
        writer.WriteByte((byte)count);
    }
}
