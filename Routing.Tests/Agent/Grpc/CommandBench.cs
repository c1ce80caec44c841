using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.Cli;
using Routing.Agent.Grpc;
using Routing.Agent.Metrics;
using Routing.Bgp.Fsm;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.Speaker;
using Routing.Bgp.Wire.Iana;
using Routing.Tests.Bgp.Rib;
using Routing.Tests.Fakes;

namespace Routing.Tests.Agent.Grpc;

/// <summary>A speaker of AS 65000 whose service listens on a real Unix socket, its neighbours over TCP in memory, and the
/// command line as a function.</summary>
internal sealed class CommandBench : IAsyncDisposable
{
    private readonly int _metricsPort = FreePort.Next();
    private readonly string _folder = Directory.CreateTempSubdirectory("bgp-verbs-").FullName;
    private readonly MemoryTransport _transport = new();
    private readonly List<BgpSpeaker> _neighbors = [];
    private ControlServer? _server;
    private BgpMetrics? _metrics;

    /// <summary>The speaker that is asked.</summary>
    public BgpSpeaker Speaker { get; private set; } = null!;

    public string Socket => Path.Combine(_folder, "bgp.sock");

    /// <summary>Starts the speaker and its service.</summary>
    public static async Task<CommandBench> StartAsync(
        SpeakerConfig config, params ImmutableArray<IBestPathSink> sinks)
    {
        var bench = new CommandBench();
        bench.Speaker = await bench.NewSpeakerAsync(config, sinks);
        var source = new Source(bench.Speaker, config);
        var sample = new BgpSample(source);
        bench._metrics = new BgpMetrics(sample);
        bench._server = await ControlServer.StartAsync(
            bench.Socket,
            new IPEndPoint(IPAddress.Loopback, bench._metricsPort),
            NullLoggerFactory.Instance,
            services => services.AddSingleton(TimeProvider.System).AddSingleton<ISpeakerSource>(source),
            application =>
            {
                application.MapGrpcService<BgpGrpcService>();
                MetricsPage.Map(application, sample.RefreshAsync);
            },
            default);
        return bench;
    }

    /// <summary>Starts a neighbour and waits for its session.</summary>
    /// <param name="number">Its AS is 65000 and the number, its address 10.0.0.number.</param>
    /// <param name="originate">What it announces.</param>
    public async Task<BgpSpeaker> AddNeighborAsync(int number, params string[] originate)
    {
        var neighbor = await NewSpeakerAsync(
            Config(number, Peer(0, number)) with { Originate = [.. originate.Select(RibHarness.Parse)] }, []);
        _neighbors.Add(neighbor);
        await EstablishedAsync(number);
        return neighbor;
    }

    /// <summary>Starts a neighbour that connects by itself, out of a range, and waits for its session.</summary>
    public async Task AddStrangerAsync(int number)
    {
        var us = Peer(0, number);
        _neighbors.Add(await NewSpeakerAsync(
            Config(number, us with { Transport = us.Transport with { Passive = false } }), []));
        await EstablishedAsync(number);
    }

    /// <summary>Starts a speaker that nobody waits for.</summary>
    public async Task<BgpSpeaker> AddAsync(SpeakerConfig config)
    {
        var speaker = await NewSpeakerAsync(config, []);
        _neighbors.Add(speaker);
        return speaker;
    }

    /// <summary>Runs `routing bgp ...` against the socket.</summary>
    public async Task<CommandResult> RunAsync(string arguments, params string[] more)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(
            ["bgp", .. arguments.Split(' '), .. more, "--socket", Socket], output, error);
        return new CommandResult(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs it with -o json and reads the answer.</summary>
    public async Task<JsonElement> ReadJsonAsync(string arguments, params string[] more)
    {
        var result = await RunAsync(arguments, [.. more, "-o", "json"]);
        Assert.That((result.Code, result.Error), Is.EqualTo((0, "")));
        return JsonDocument.Parse(result.Output).RootElement;
    }

    /// <summary>The lines of /metrics about the speaker, comments aside.</summary>
    public async Task<string[]> ScrapeAsync()
    {
        using var client = new HttpClient();
        var page = await client.GetStringAsync(new Uri($"http://127.0.0.1:{_metricsPort}/metrics"));
        return [.. page.Split('\n').Where(line => line.StartsWith("routing_bgp_", StringComparison.Ordinal))];
    }

    public static SpeakerConfig Config(int number, params ImmutableArray<PeerConfig> peers) => new()
    {
        Asn = 65000u + (uint)number,
        RouterId = Address(number),
        ListenEndpoints = [new IPEndPoint(Address(number), 179)],
        Peers = peers,
    };

    /// <summary>A neighbour by number as the speaker of another number is configured with it; the one of the lower number
    /// connects.</summary>
    public static PeerConfig Peer(int number, int own = 0) => new()
    {
        Name = $"p{number}",
        Address = Address(number),
        Asn = 65000u + (uint)number,
        Families = [AfiSafi.IPv4Unicast],
        Transport = new TransportOptions { SourceAddress = Address(own), Passive = own > number },
        Timers = new TimerOptions { ConnectRetryTime = TimeSpan.FromMilliseconds(100) },
    };

    public static IPAddress Address(int number) => IPAddress.Parse($"10.0.0.{number + 100}");

    public async ValueTask DisposeAsync()
    {
        foreach (var neighbor in _neighbors)
        {
            await neighbor.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _metrics?.Dispose();
        await Speaker.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Task EstablishedAsync(int number) => Until.TrueAsync($"the session with {number}", async () =>
        (await Speaker.GetPeersAsync(default)).SingleOrDefault(peer => peer.Address.Equals(Address(number)))?.State
            == SessionState.Established);

    private async Task<BgpSpeaker> NewSpeakerAsync(SpeakerConfig config, ImmutableArray<IBestPathSink> sinks)
    {
        var speaker = new BgpSpeaker(config, sinks, _transport, TimeProvider.System, NullLoggerFactory.Instance);
        await speaker.StartAsync(default);
        return speaker;
    }

    private sealed class Source(BgpSpeaker speaker, SpeakerConfig config) : ISpeakerSource
    {
        public BgpSpeaker? Current => speaker;

        public uint Asn => config.Asn;

        public string RouterId => config.RouterId.ToString();

        public string NotRunningReason => "";
    }
}
