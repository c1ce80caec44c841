using System.Buffers.Binary;
using System.Net;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;

namespace Routing.Tests.Bgp.Rib;

/// <summary>The output of a speaker without RFC 6793: keeps the two paths of each announcement.</summary>
internal sealed class TwoOctetOutput : IPeerOutput
{
    public List<(uint[] AsPath, uint[] As4Path)> Paths { get; } = [];

    public PeerUp Up(int number) => new()
    {
        Peer = RibHarness.Index(number),
        Output = this,
        PeerAsn = 64502,
        PeerIdentifier = 2,
        PeerAddress = IPAddress.Parse("10.0.0.2"),
        LocalAddress = RibHarness.OwnIPv4,
        Families = [AfiSafi.IPv4Unicast],
        FourOctetAsn = false,
        SendsEndOfRib = false,
    };

    public bool TryWrite(ReadOnlySpan<EncodedMessages> messages)
    {
        foreach (var message in messages)
        {
            var body = message.Octets.Span[19..];
            var attributes = body.Slice(4, BinaryPrimitives.ReadUInt16BigEndian(body[2..]));
            if (AttributeCursor.TryFind(attributes, AttributeType.AsPath, out var path)
                && AttributeCursor.TryFind(attributes, AttributeType.As4Path, out var wide))
            {
                Paths.Add((Read(path, 2), Read(wide, 4)));
            }
        }

        return true;
    }

    private static uint[] Read(ReadOnlySpan<byte> path, int octets)
    {
        var cursor = new AsPathCursor(path, octets);
        cursor.TryRead(out var segment);
        var asns = new uint[segment.Count];
        for (var i = 0; i < asns.Length; i++)
        {
            asns[i] = segment[i];
        }

        return asns;
    }
}
