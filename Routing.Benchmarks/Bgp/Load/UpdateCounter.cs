using System.Buffers.Binary;

namespace Routing.Benchmarks.Bgp.Load;

/// <summary>Reads of an UPDATE what the clock waits for: which prefixes came and went. Everything else a real receiver would do
/// is left out, or it would be measured too.</summary>
internal static class UpdateCounter
{
    private const byte ExtendedLength = 0x10;
    private const byte AsPath = 2;

    /// <summary>Takes an UPDATE's IPv4 prefixes into a set.</summary>
    /// <param name="body">The message after its header.</param>
    public static void Take(ReadOnlySpan<byte> body, PrefixSet prefixes)
    {
        var attributesStart = 2 + BinaryPrimitives.ReadUInt16BigEndian(body);
        var nlriStart = attributesStart + 2 + BinaryPrimitives.ReadUInt16BigEndian(body[attributesStart..]);
        for (var withdrawn = body[2..attributesStart]; !withdrawn.IsEmpty;)
        {
            prefixes.Remove(TakePrefix(ref withdrawn));
        }

        var length = prefixes.TracksPaths ? PathLength(body[(attributesStart + 2)..nlriStart]) : 0;
        for (var nlri = body[nlriStart..]; !nlri.IsEmpty;)
        {
            prefixes.Add(TakePrefix(ref nlri), length);
        }
    }

    /// <summary>The feed has /24s only; anything else is passed over.</summary>
    private static int TakePrefix(ref ReadOnlySpan<byte> nlri)
    {
        if (nlri[0] != 24)
        {
            nlri = nlri[(1 + ((nlri[0] + 7) / 8))..];
            return -1;
        }

        var number = (BinaryPrimitives.ReadInt32BigEndian(nlri) & 0xFFFFFF) - RouteFeed.FirstPrefix;
        nlri = nlri[4..];
        return number;
    }

    private static int PathLength(ReadOnlySpan<byte> attributes)
    {
        while (attributes.Length > 3)
        {
            var isExtended = (attributes[0] & ExtendedLength) != 0;
            var start = isExtended ? 4 : 3;
            var length = isExtended ? BinaryPrimitives.ReadUInt16BigEndian(attributes[2..]) : attributes[2];
            if (attributes[1] == AsPath)
            {
                return length > 1 ? attributes[start + 1] : 0; // one segment: the feed has no others
            }

            attributes = attributes[(start + length)..];
        }

        return 0;
    }
}
