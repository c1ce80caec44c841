using System.Buffers.Binary;

namespace Routing.Benchmarks.Bgp.Load;

/// <summary>UPDATEs for a part of one long list of /24s, in groups that share a set of attributes as a transit feed looks: five
/// prefixes to a set, no set twice. Neighbouring groups are far apart in the address space, as they are in a real table.</summary>
/// <param name="Sender">Whose: its AS number starts every path, unless internal, and its address is the next hop.</param>
/// <param name="First">Number of the first prefix.</param>
/// <param name="Count">How many.</param>
internal sealed record RouteFeed(PeerPlan Sender, int First, int Count)
{
    /// <summary>11.0.0.0/24, as 24 bits, is prefix 0.</summary>
    public const int FirstPrefix = 0x0B0000;

    private const int PrefixesPerSet = 5;
    private const int MarkerLength = 16;

    /// <summary>ASes in a path: 0 for three to six, as they come.</summary>
    public int PathLength { get; init; }

    /// <summary>Announcements.</summary>
    public byte[] Announce()
    {
        using var feed = new MemoryStream(Count * 20);
        var sets = (Count + PrefixesPerSet - 1) / PrefixesPerSet;
        var stride = Stride(sets);
        for (long i = 0; i < sets; i++)
        {
            var set = (int)(i * stride % sets);
            var first = set * PrefixesPerSet;
            Write(feed, [], Attributes((First / PrefixesPerSet) + set), Nlri(first, Math.Min(PrefixesPerSet, Count - first)));
        }

        return feed.ToArray();
    }

    /// <summary>Withdrawals.</summary>
    public byte[] Withdraw()
    {
        const int PrefixesPerMessage = 900;
        using var feed = new MemoryStream();
        for (var first = 0; first < Count; first += PrefixesPerMessage)
        {
            Write(feed, Nlri(first, Math.Min(PrefixesPerMessage, Count - first)), [], []);
        }

        return feed.ToArray();
    }

    /// <summary>Near the golden ratio and without a common divisor, so that every set has its turn.</summary>
    private static int Stride(int sets)
    {
        var stride = Math.Max(1, (int)(sets * 0.618));
        while (Gcd(stride, sets) != 1)
        {
            stride++;
        }

        return stride;
    }

    private static int Gcd(int a, int b) => b == 0 ? a : Gcd(b, a % b);

    private byte[] Nlri(int first, int count)
    {
        var octets = new byte[4 * count];
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(octets.AsSpan(4 * i), (24 << 24) | (FirstPrefix + First + first + i));
        }

        return octets;
    }

    private byte[] Attributes(int set)
    {
        var length = PathLength > 0 ? PathLength : 3 + (set % 4);
        var path = new byte[4 * length];
        for (var i = 0; i < length; i++)
        {
            // Four-octet numbers in the last place tell the sets apart.
            var asn = i == 0 && !Sender.IsInternal ? Sender.Asn : i == length - 1 ? 100_000 + set : 1000 + ((set * (i + 7)) % 50_000);
            BinaryPrimitives.WriteInt32BigEndian(path.AsSpan(4 * i), asn);
        }

        byte[] localPref = Sender.IsInternal ? [0x40, 5, 4, 0, 0, 0, 100] : [];
        return
        [
            0x40, 1, 1, 0,
            0x40, 2, (byte)(2 + path.Length), 2, (byte)length, .. path,
            0x40, 3, 4, .. Sender.Address.GetAddressBytes(),
            .. localPref,
        ];
    }

    private static void Write(MemoryStream feed, byte[] withdrawn, byte[] attributes, byte[] nlri)
    {
        Span<byte> header = stackalloc byte[MarkerLength + 5];
        header[..MarkerLength].Fill(0xFF);
        BinaryPrimitives.WriteUInt16BigEndian(
            header[MarkerLength..], (ushort)(header.Length + withdrawn.Length + 2 + attributes.Length + nlri.Length));
        header[MarkerLength + 2] = 2;
        BinaryPrimitives.WriteUInt16BigEndian(header[(MarkerLength + 3)..], (ushort)withdrawn.Length);
        feed.Write(header);
        feed.Write(withdrawn);
        feed.Write([(byte)(attributes.Length >> 8), (byte)attributes.Length]);
        feed.Write(attributes);
        feed.Write(nlri);
    }
}
