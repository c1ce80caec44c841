using System.Buffers.Binary;
using Routing.Bgp.Bmp;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;
using Routing.Tests.Bgp.Rib;

namespace Routing.Tests.Bgp.Bmp;

/// <summary>What a station knows that has read all of a stream; with nothing of the code that wrote it.</summary>
internal sealed class StationModel
{
    /// <summary>Peers that are up, by the last octet of their address; 0 is the Loc-RIB.</summary>
    public HashSet<int> Up { get; } = [];

    /// <summary>Routes by table, peer and prefix.</summary>
    public Dictionary<(string Table, int Peer, Prefix Prefix), RouteModel> Routes { get; } = [];

    /// <summary>End-of-RIB markers.</summary>
    public List<(string Table, int Peer, AfiSafi Family)> EndsOfRib { get; } = [];

    /// <summary>Messages by type.</summary>
    public Dictionary<BmpMessageType, int> Messages { get; } = [];

    public int Announcements { get; private set; }

    public int NeedlessWithdrawals { get; private set; }

    /// <summary>Reads whole messages.</summary>
    /// <returns>Octets read.</returns>
    public int Read(ReadOnlySpan<byte> octets)
    {
        var read = 0;
        while (octets.Length - read >= 6)
        {
            Assert.That(octets[read], Is.EqualTo(3), "version");
            var length = BinaryPrimitives.ReadInt32BigEndian(octets[(read + 1)..]);
            if (octets.Length - read < length)
            {
                break;
            }

            ReadMessage((BmpMessageType)octets[read + 5], octets.Slice(read + 6, length - 6));
            read += length;
        }

        return read;
    }

    private void ReadMessage(BmpMessageType type, ReadOnlySpan<byte> body)
    {
        Messages[type] = Messages.GetValueOrDefault(type) + 1;
        if (type is BmpMessageType.Initiation or BmpMessageType.Termination)
        {
            return;
        }

        int peer = body[0] == 3 ? 0 : body[25];
        var table = body[0] == 3 ? "loc"
            : ((body[1] & 0x10) != 0 ? "out-" : "in-") + ((body[1] & 0x40) != 0 ? "post" : "pre");
        switch (type)
        {
            case BmpMessageType.PeerUp:
                Assert.That(Up.Add(peer), Is.True, $"peer {peer} was not up");
                break;
            case BmpMessageType.PeerDown:
                Assert.That(Up.Remove(peer), Is.True, $"peer {peer} was up");
                foreach (var key in Routes.Keys.Where(key => key.Peer == peer).ToList())
                {
                    Routes.Remove(key);
                }

                break;
            case BmpMessageType.RouteMonitoring:
                Assert.That(Up, Does.Contain(peer), "routes of peers that are up only");
                ReadUpdate(table, peer, body[42..]);
                break;
        }
    }

    private void ReadUpdate(string table, int peer, ReadOnlySpan<byte> update)
    {
        var count = SentUpdates.Read(
            update,
            asnOctets: 4,
            hasPathIds: false,
            (prefix, _, model) =>
            {
                Announcements++;
                Routes[(table, peer, prefix)] = model;
            },
            (prefix, _) => NeedlessWithdrawals += Routes.Remove((table, peer, prefix)) ? 0 : 1,
            family => EndsOfRib.Add((table, peer, family)));
        Assert.That(count, Is.EqualTo(1), "one UPDATE in a message");
    }
}
