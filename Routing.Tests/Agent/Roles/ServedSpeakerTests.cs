using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Routing.Agent.BgpConfig;
using Routing.Agent.Roles;
using Routing.Bgp.Fsm;
using Routing.Bgp.Speaker;

namespace Routing.Tests.Agent.Roles;

/// <summary>A stand-alone speaker and its file, read again as SIGHUP does.</summary>
[TestFixture]
internal sealed class ServedSpeakerTests
{
    private readonly string _path = Path.GetTempFileName();
    private readonly List<ServedSpeaker> _served = [];

    [TearDown]
    public async Task StopAsync()
    {
        foreach (var speaker in _served)
        {
            await speaker.StopAsync(default);
        }

        _served.Clear();
        File.Delete(_path);
    }

    [Test]
    public async Task A_file_with_errors_changes_nothing_and_every_error_is_logged()
    {
        using var log = new ErrorLog();
        var (first, second) = (FreePort.Next(), FreePort.Next());
        var (a, b) = (await StartAsync(log, Config(first, second, 65001, 65002)), await StartAsync(log, Config(second, first, 65002, 65001)));
        await EstablishedAsync(a);
        var since = (await PeerAsync(a)).Since;
        var running = a.Current;

        await a.FollowAsync(Read(Config(first, second, 65001, 65002)
            .Replace("[f]", "[g]", StringComparison.Ordinal).Replace("action: Accept", "action: Acept", StringComparison.Ordinal)), default);
        Assert.That(log.Errors, Is.EqualTo(new[]
        {
            $"Configuration not used: {_path}:9: BGPPeer p: spec.filters[0]: 'g' is not allowed; the name of a BGPFilter: f",
            $"Configuration not used: {_path}:14: BGPFilter f: spec.importV4[0].action: 'Acept' is not allowed; one of Accept, Reject, Next",
        }));
        Assert.That(a.Current, Is.SameAs(running));
        Assert.That(((await PeerAsync(a)).State, (await PeerAsync(a)).Since), Is.EqualTo((SessionState.Established, since)));

        // The session lives through a changed filter as well.
        await a.FollowAsync(Read(Config(first, second, 65001, 65002).Replace("action: Accept", "action: Reject", StringComparison.Ordinal)), default);
        Assert.That(((await PeerAsync(a)).State, (await PeerAsync(a)).Since), Is.EqualTo((SessionState.Established, since)));
        GC.KeepAlive(b);
    }

    private static string Config(int port, int peerPort, uint asn, uint peerAsn) => $$"""
        apiVersion: routing.dev/v1alpha1
        kind: BGPConfiguration
        metadata: {name: default}
        spec: {asNumber: {{asn}}, routerID: 10.0.0.{{asn - 65000}}, listenAddresses: [127.0.0.{{asn - 65000}}], listenPort: {{port}}}
        ---
        apiVersion: routing.dev/v1alpha1
        kind: BGPPeer
        metadata: {name: p}
        spec: {peerIP: 127.0.0.{{peerAsn - 65000}}, peerPort: {{peerPort}}, asNumber: {{peerAsn}}, filters: [f], sourceAddress: 127.0.0.{{asn - 65000}}, connectRetryTime: 1s}
        ---
        apiVersion: routing.dev/v1alpha1
        kind: BGPFilter
        metadata: {name: f}
        spec: {importV4: [{action: Accept}]}
        """;

    private static async Task<PeerStatus> PeerAsync(ServedSpeaker speaker) =>
        (await speaker.Current!.GetPeersAsync(default)).Single();

    private static Task EstablishedAsync(ServedSpeaker speaker) => Until.TrueAsync(
        "the session is up", async () => (await PeerAsync(speaker)).State == SessionState.Established);

    private async Task<ServedSpeaker> StartAsync(ErrorLog log, string config)
    {
        var speaker = new ServedSpeaker(fib: null, interior: null, TimeProvider.System, log);
        _served.Add(speaker);
        await speaker.StartAsync(Read(config).Config!, default);
        return speaker;
    }

    private SpeakerFile Read(string config)
    {
        File.WriteAllText(_path, config);
        return SpeakerFile.Read(_path);
    }

    /// <summary>Keeps errors.</summary>
    private sealed class ErrorLog : ILoggerFactory, ILogger
    {
        public ConcurrentQueue<string> Errors { get; } = [];

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error)
            {
                Errors.Enqueue(formatter(state, exception));
            }
        }

        public void Dispose()
        {
        }
    }
}
