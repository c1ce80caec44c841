using System.Net;
using System.Net.Sockets;
using Routing.Bgp.Rpki;
using Routing.Bgp.Rpki.Rtr;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;

namespace Routing.Tests.Fakes;

/// <summary>The cache's end of the RPKI to router protocol (RFC 8210), played by the test.</summary>
internal sealed class FakeCache : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private NetworkStream? _stream;

    public FakeCache() => _listener.Start();

    public ushort SessionId { get; set; } = 0x1234;

    public RpkiCacheOptions Options(int preference = 1, byte version = 1) => new()
    {
        Address = IPAddress.Loopback,
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
        Preference = preference,
        Version = version,
    };

    /// <summary>Waits for the router's connection.</summary>
    public async Task AcceptAsync()
    {
        var client = await _listener.AcceptTcpClientAsync().WaitAsync(TimeSpan.FromSeconds(60));
        _stream = client.GetStream();
    }

    /// <summary>Reads the router's next PDU.</summary>
    public async Task<byte[]> ReadAsync()
    {
        var header = new byte[RtrPdu.HeaderLength];
        await _stream!.ReadExactlyAsync(header).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        var body = new byte[header[7] + (header[6] << 8) - header.Length];
        await _stream.ReadExactlyAsync(body);
        return [.. header, .. body];
    }

    /// <summary>Sends a whole response.</summary>
    public async Task RespondAsync(uint serial, IEnumerable<(Vrp Vrp, bool IsAnnouncement)> payloads)
    {
        await SendAsync(RtrPduType.CacheResponse, SessionId, []);
        foreach (var (vrp, isAnnouncement) in payloads)
        {
            var body = new byte[24];
            var writer = new WireWriter(body);
            writer.WriteByte(isAnnouncement ? (byte)1 : (byte)0);
            writer.WriteByte(vrp.Prefix.Length);
            writer.WriteByte(vrp.MaxLength);
            writer.WriteByte(0);
            Assert.That(vrp.Prefix.Family, Is.EqualTo(AfiSafi.IPv4Unicast));
            writer.WriteUInt32((uint)vrp.Prefix.Address);
            writer.WriteUInt32(vrp.Asn);
            await SendAsync(RtrPduType.IPv4Prefix, 0, writer.Written.ToArray());
        }

        await SendAsync(RtrPduType.EndOfData, SessionId,
            [0, 0, 0, (byte)serial, 0, 0, 0x0E, 0x10, 0, 0, 0x02, 0x58, 0, 0, 0x1C, 0x20]); // 3600, 600, 7200
    }

    /// <summary>Sends a PDU.</summary>
    public async Task SendAsync(RtrPduType type, ushort word, byte[] body, byte version = 1) => await _stream!.WriteAsync(
        (byte[])[version, (byte)type, (byte)(word >> 8), (byte)word, 0, 0, 0, (byte)(body.Length + 8), .. body]);

    /// <summary>Drops the connection.</summary>
    public ValueTask DropAsync() => _stream!.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        if (_stream is not null)
        {
            await _stream.DisposeAsync();
        }

        _listener.Dispose();
    }
}
