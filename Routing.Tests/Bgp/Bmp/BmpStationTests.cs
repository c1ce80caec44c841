using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Bgp.Bmp;
using Routing.Bgp.Speaker;
using Routing.Tests.Bgp.Rib;
using Routing.Tests.Fakes;

namespace Routing.Tests.Bgp.Bmp;

/// <summary>The connection to a station, over sockets on the loopback.</summary>
[TestFixture]
public sealed class BmpStationTests
{
    private readonly ManualTime _time = new();
    private BgpSpeaker? _speaker;

    [TearDown]
    public async Task StopAsync()
    {
        if (_speaker is not null)
        {
            await _speaker.DisposeAsync();
        }
    }

    [Test]
    public async Task Connects_tells_and_says_goodbye()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var config = Config((IPEndPoint)listener.LocalEndpoint);
        var speaker = await StartAsync(config);
        using var station = await listener.AcceptTcpClientAsync();
        var known = new StationModel();
        await ReadUntilAsync(station, known, () => known.Routes.Count == 1);
        Assert.That(known.Routes.Keys.Single(), Is.EqualTo(("loc", 0, RibHarness.Parse("10.1.0.0/16"))));
        Assert.That(speaker.GetBmpStations().Single(), Has.Property(nameof(BmpStationStatus.IsConnected)).True);

        _time.Advance(TimeSpan.FromMinutes(1));
        await ReadUntilAsync(station, known, () => known.Messages.ContainsKey(BmpMessageType.StatisticsReport));
        await speaker.ConfigureAsync(config with { BmpStations = [] }, default);
        await ReadUntilAsync(station, known, () => known.Messages.ContainsKey(BmpMessageType.Termination));
        Assert.That(speaker.GetBmpStations(), Is.Empty);
    }

    [Test]
    public async Task Comes_back_with_the_whole_tables_after_a_pause()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var speaker = await StartAsync(Config((IPEndPoint)listener.LocalEndpoint));
        using (await listener.AcceptTcpClientAsync())
        {
            await Until.TrueAsync("connected", () => speaker.GetBmpStations().Single().IsConnected);
        }

        await Until.TrueAsync("gone", () => !speaker.GetBmpStations().Single().IsConnected);
        Assert.That(listener.Pending(), Is.False);
        using var again = await AdvanceUntilAsync(listener);
        var known = new StationModel();
        await ReadUntilAsync(again, known, () => known.Routes.Count == 1);
        Assert.That(speaker.GetBmpStations().Single().Connections, Is.EqualTo(2));
    }

    [Test]
    public async Task Waits_for_a_station_that_connects()
    {
        var port = FreePort.NextEndPoint();
        await StartAsync(Config(port, passive: true));
        for (var time = 0; time < 2; time++)
        {
            using var station = await ConnectAsync(port);
            var known = new StationModel();
            await ReadUntilAsync(station, known, () => known.Routes.Count == 1);
        }
    }

    [Test]
    public async Task Says_why_it_is_not_connected()
    {
        var speaker = await StartAsync(Config(FreePort.NextEndPoint()));
        await Until.TrueAsync("refused", () => speaker.GetBmpStations().Single().LastError?.Contains("refused") == true);
    }

    /// <summary>The speaker begins to listen, and again after a station, in its own time.</summary>
    private static async Task<TcpClient> ConnectAsync(IPEndPoint port)
    {
        TcpClient? connected = null;
        await Until.TrueAsync($"somebody listens at {port}", async () =>
        {
            var client = new TcpClient();
            try
            {
                await client.ConnectAsync(port);
                connected = client;
            }
            catch (SocketException)
            {
                client.Dispose();
            }

            return connected is not null;
        });
        return connected!;
    }

    private static SpeakerConfig Config(IPEndPoint station, bool passive = false) => new()
    {
        Asn = 65000,
        RouterId = IPAddress.Parse("10.0.0.254"),
        Originate = [RibHarness.Parse("10.1.0.0/16")],
        BmpStations = [new() { Name = "s", EndPoint = station, Passive = passive, Views = BmpViews.LocRib }],
    };

    private async Task<BgpSpeaker> StartAsync(SpeakerConfig config)
    {
        _speaker = new BgpSpeaker(config, [], _time, NullLoggerFactory.Instance);
        await _speaker.StartAsync(default);
        return _speaker;
    }

    /// <summary>RFC 7854 §3.2: the pause is 30 s; the clock is moved when the wait has begun.</summary>
    private async Task<TcpClient> AdvanceUntilAsync(TcpListener listener)
    {
        await Until.TrueAsync("it connects again", () =>
        {
            _time.Advance(TimeSpan.FromSeconds(30));
            return listener.Pending();
        });
        return await listener.AcceptTcpClientAsync();
    }

    private static async Task ReadUntilAsync(TcpClient station, StationModel known, Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var buffer = new byte[64 * 1024];
        var held = 0;
        while (!condition())
        {
            var read = await station.GetStream().ReadAsync(buffer.AsMemory(held), deadline.Token);
            Assert.That(read, Is.GreaterThan(0), "the stream goes on");
            held += read;
            var used = known.Read(buffer.AsSpan(0, held));
            buffer.AsSpan(used, held - used).CopyTo(buffer);
            held -= used;
        }
    }
}
