using System.Buffers.Binary;

namespace Routing.Benchmarks.Bgp;

/// <summary>UPDATEs for a table: /24s in groups that share a path, as a transit feed looks (five prefixes to a path, paths of
/// three to six ASes).</summary>
internal static class RouteFeed
{
    private const int PrefixesPerPath = 5;

    /// <summary>Encodes a table.</summary>
    /// <param name="prefixes">How many.</param>
    /// <param name="asn">First AS of every path.</param>
    /// <param name="nextHop">Next hop.</param>
    public static byte[] Encode(int prefixes, ushort asn, ReadOnlySpan<byte> nextHop)
    {
        using var feed = new MemoryStream();
        for (var first = 0; first < prefixes; first += PrefixesPerPath)
        {
            WriteUpdate(feed, first, Math.Min(PrefixesPerPath, prefixes - first), asn, nextHop);
        }

        return feed.ToArray();
    }

    private static void WriteUpdate(MemoryStream feed, int first, int count, ushort asn, ReadOnlySpan<byte> nextHop)
    {
        var path = first / PrefixesPerPath;
        var length = 3 + (path % 4);
        var attributes = new List<byte> { 0x40, 1, 1, 0, 0x40, 2, (byte)(2 + (4 * length)), 2, (byte)length };
        Span<byte> number = stackalloc byte[4];
        for (var i = 0; i < length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(number, i == 0 ? asn : 1000 + (int)(path * 7919L * (i + 1) % 60000));
            attributes.AddRange(number);
        }

        attributes.AddRange([0x40, 3, 4]);
        attributes.AddRange(nextHop);
        var nlri = new List<byte>();
        for (var i = first; i < first + count; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(number, 0x0B000000 + (i << 8)); // 11.0.0.0/24 and on
            nlri.Add(24);
            nlri.AddRange(number[..3]);
        }

        Span<byte> header = stackalloc byte[23];
        header[..16].Fill(0xFF);
        BinaryPrimitives.WriteUInt16BigEndian(header[16..], (ushort)(23 + attributes.Count + nlri.Count));
        header[18] = 2;
        BinaryPrimitives.WriteUInt16BigEndian(header[19..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(header[21..], (ushort)attributes.Count);
        feed.Write(header);
        feed.Write(attributes.ToArray());
        feed.Write(nlri.ToArray());
    }
}
