using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Updates;

/// <summary>Puts together the AS_PATH of a peer without RFC 6793 and the AS4_PATH beside it (RFC 6793
/// §4.2.3).</summary>
/// <param name="writer">Where the path with four-octet AS numbers goes.</param>
internal ref struct AsPathReconstruction(WireWriter writer)
{
    private WireWriter _writer = writer;
    private int _sequenceCountPlace = -1;
    private int _sequenceCount;

    /// <summary>The path put together.</summary>
    public readonly ReadOnlySpan<byte> Path => _writer.Written;

    /// <summary>An upper bound of the path's octets.</summary>
    public static int MaxLength(int asPathLength, int as4PathLength) => (2 * asPathLength) + as4PathLength;

    /// <summary>Both paths are well formed; <paramref name="as4Path"/> is empty when there is none.</summary>
    public void Merge(ReadOnlySpan<byte> asPath, ReadOnlySpan<byte> as4Path)
    {
        var length = PathLength(asPath, asnOctets: 2);
        var lengthOf4 = PathLength(as4Path, asnOctets: 4);

        // A longer AS4_PATH is a lie or a leftover of an old aggregation: AS_PATH alone counts.
        var useAs4 = lengthOf4 > 0 && length >= lengthOf4;
        Take(asPath, asnOctets: 2, useAs4 ? length - lengthOf4 : length, keepsConfederation: true);
        if (useAs4)
        {
            Take(as4Path, asnOctets: 4, lengthOf4, keepsConfederation: false);
        }
    }

    /// <summary>Copies the leading part of a path, as many AS numbers as the path length given. Segments of a confederation
    /// count nothing: those of AS_PATH in front of or between what is copied are kept, those of AS4_PATH are not (RFC 6793
    /// §4.2.3, §6).</summary>
    private void Take(ReadOnlySpan<byte> path, int asnOctets, int pathLength, bool keepsConfederation)
    {
        var cursor = new AsPathCursor(path, asnOctets);
        while (cursor.TryRead(out var segment) && (pathLength > 0 || AsPathEdits.IsConfederation(segment.Type)))
        {
            switch (segment.Type)
            {
                case AsPathSegmentType.Set:
                    Append(segment, segment.Count);
                    pathLength--;
                    break;
                case AsPathSegmentType.Sequence:
                    var count = Math.Min(segment.Count, pathLength);
                    Append(segment, count);
                    pathLength -= count;
                    break;
                default:
                    if (keepsConfederation)
                    {
                        Append(segment, segment.Count);
                    }

                    break;
            }
        }
    }

    private void Append(AsPathSegment segment, int count)
    {
        var isSequence = segment.Type == AsPathSegmentType.Sequence;
        if (isSequence && _sequenceCountPlace >= 0 && _sequenceCount + count <= AsPath.MaxSegmentCount)
        {
            // The seam runs through what was one sequence.
            _sequenceCount += count;
            _writer.PatchByte(_sequenceCountPlace, (byte)_sequenceCount);
        }
        else
        {
            _writer.WriteByte((byte)segment.Type);
            (_sequenceCountPlace, _sequenceCount) = isSequence ? (_writer.Position, count) : (-1, 0);
            _writer.WriteByte((byte)count);
        }

        for (var i = 0; i < count; i++)
        {
            _writer.WriteUInt32(segment[i]);
        }
    }

    private static int PathLength(ReadOnlySpan<byte> path, int asnOctets)
    {
        var length = 0;
        var cursor = new AsPathCursor(path, asnOctets);
        while (cursor.TryRead(out var segment))
        {
            length += segment.PathLength;
        }

        return length;
    }
}
