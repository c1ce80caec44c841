using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Attributes;

/// <summary>Questions to, and edits of, a well-formed AS_PATH value with AS numbers of four octets.</summary>
internal static class AsPath
{
    /// <summary>Stands in a path of two octets for an AS number that needs four (RFC 6793 §9).</summary>
    public const ushort AsTrans = 23456;

    /// <summary>Most AS numbers in a segment: its count has one octet.</summary>
    public const int MaxSegmentCount = byte.MaxValue;

    /// <summary>Most octets that <see cref="WritePrepended"/> adds.</summary>
    public const int MaxPrependedGrowth = 6;

    /// <summary>The path's length for the decision process (RFC 4271 §9.1.2.2 a).</summary>
    public static int Length(ReadOnlySpan<byte> path)
    {
        var length = 0;
        var cursor = new AsPathCursor(path);
        while (cursor.TryRead(out var segment))
        {
            length += segment.PathLength;
        }

        return length;
    }

    /// <summary>The neighbouring AS whose MULTI_EXIT_DISC this is: the leftmost of the path; 0 for a path that is empty
    /// or begins with a set, which is then compared with our own (RFC 4271 §9.1.2.2 c). Confederation segments are
    /// passed over.</summary>
    public static uint NeighbourAsn(ReadOnlySpan<byte> path)
    {
        var cursor = new AsPathCursor(path);
        while (cursor.TryRead(out var segment))
        {
            switch (segment.Type)
            {
                case AsPathSegmentType.Sequence when segment.Count > 0:
                    return segment[0];
                case AsPathSegmentType.Set:
                    return 0;
            }
        }

        return 0;
    }

    /// <summary>The AS that originated the route: the rightmost of the path; 0 for an empty path or one that ends in a
    /// set.</summary>
    public static uint OriginAsn(ReadOnlySpan<byte> path)
    {
        var origin = 0u;
        var cursor = new AsPathCursor(path);
        while (cursor.TryRead(out var segment))
        {
            origin = segment.Type == AsPathSegmentType.Sequence && segment.Count > 0 ? segment[segment.Count - 1] : 0;
        }

        return origin;
    }

    /// <summary>How often an AS stands in the path: the loop test of RFC 4271 §9.1.2.</summary>
    /// <param name="path">The path.</param>
    /// <param name="asn">The AS.</param>
    /// <param name="isConfederation">Look into the confederation's segments, or into the others: a member AS and an AS
    /// outside may have the same number (RFC 5065 §4).</param>
    public static int Count(ReadOnlySpan<byte> path, uint asn, bool isConfederation)
    {
        var count = 0;
        var cursor = new AsPathCursor(path);
        while (cursor.TryRead(out var segment))
        {
            for (var i = 0; i < segment.Count && AsPathEdits.IsConfederation(segment.Type) == isConfederation; i++)
            {
                count += segment[i] == asn ? 1 : 0;
            }
        }

        return count;
    }

    /// <summary>True when the path has been in our confederation, or claims so.</summary>
    public static bool HasConfederationSegments(ReadOnlySpan<byte> path)
    {
        var cursor = new AsPathCursor(path);
        while (cursor.TryRead(out var segment))
        {
            if (AsPathEdits.IsConfederation(segment.Type))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Octets that <see cref="WritePrepended"/> writes.</summary>
    /// <param name="path">The path.</param>
    /// <param name="type">The kind of sequence.</param>
    public static int PrependedLength(
        ReadOnlySpan<byte> path, AsPathSegmentType type = AsPathSegmentType.Sequence) =>
        path.Length + (Extends(path, type) ? 4 : MaxPrependedGrowth);

    /// <summary>Writes the path with an AS in front (RFC 4271 §5.1.2 b, RFC 5065 §4.1): into the first segment when that is
    /// such a sequence with room, else as a new one.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="path">The path.</param>
    /// <param name="asn">The AS.</param>
    /// <param name="type">AS_SEQUENCE, or AS_CONFED_SEQUENCE inside a confederation.</param>
    public static void WritePrepended(
        ref WireWriter writer,
        scoped ReadOnlySpan<byte> path,
        uint asn,
        AsPathSegmentType type = AsPathSegmentType.Sequence)
    {
        var extends = Extends(path, type);
        writer.WriteByte((byte)type);
        writer.WriteByte(extends ? (byte)(path[1] + 1) : (byte)1);
        writer.WriteUInt32(asn);
        writer.WriteOctets(extends ? path[2..] : path);
    }

    private static bool Extends(ReadOnlySpan<byte> path, AsPathSegmentType type) =>
        path.Length >= 2 && path[0] == (byte)type && path[1] < MaxSegmentCount;
}
