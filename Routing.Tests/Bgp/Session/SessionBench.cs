using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Bgp.Fsm;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Session;
using Routing.Bgp.Wire.Messages;
using Routing.Tests.Fakes;

namespace Routing.Tests.Bgp.Session;

/// <summary>One session under test: AS 65000, 10.0.0.1, its peer at 10.0.0.2, a clock that the test moves.</summary>
internal sealed class SessionBench : IAsyncDisposable
{
    public static readonly IPEndPoint PeerAt = new(IPAddress.Parse("10.0.0.2"), 179);

    private readonly CancellationTokenSource _abort = new();
    private readonly Task _run;

    public SessionBench(
        bool passive = false, Func<PeerSessionSettings, PeerSessionSettings>? change = null, PeerBfd? bfd = null)
    {
        var settings = new PeerSessionSettings
        {
            Name = "peer",
            Peer = new PeerIndex(1),
            Remote = PeerAt,
            PeerAsn = 65001,
            Kind = PathSourceKind.External,
            LocalAsn = 65000,
            BgpIdentifier = 0x0A000001,
            Passive = passive,
        };
        Port = Transport.Listen(PeerAt);
        Session = new PeerSession(
            change?.Invoke(settings) ?? settings, Rib, Transport, Time, NullLogger<PeerSession>.Instance, () => 0, bfd);
        _run = Session.RunAsync(_abort.Token);
    }

    public ManualTime Time { get; } = new();

    public MemoryTransport Transport { get; } = new();

    public FakeRibInbox Rib { get; } = new();

    /// <summary>Where the peer listens; dispose it to refuse connections.</summary>
    public IBgpListener Port { get; }

    public PeerSession Session { get; }

    public Task Ended => _run;

    /// <summary>The peer's end of a connection that the session makes.</summary>
    public async Task<ScriptedPeer> AcceptAsync() =>
        new(await Port.AcceptAsync(CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(60)));

    /// <summary>The peer's end of a connection that the peer makes.</summary>
    public ScriptedPeer Connect()
    {
        var (ours, theirs) = MemoryConnection.NewPair(
            new IPEndPoint(IPAddress.Parse("10.0.0.1"), 179), new IPEndPoint(PeerAt.Address, 40001));
        Assert.That(Session.TryAccept(ours), Is.True);
        return new ScriptedPeer(theirs);
    }

    public Task StateIsAsync(SessionState state) =>
        Until.TrueAsync($"state {state}, not {Session.Status.State}", () => Session.Status.State == state);

    /// <summary>Moves the clock once the loop has gone to sleep with a timer.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        await Until.TrueAsync("a timer runs", () => Time.ArmedTimers > 0);
        Time.Advance(by);
    }

    /// <summary>An established session.</summary>
    public async Task<ScriptedPeer> EstablishedAsync(OpenMessage? open = null)
    {
        var peer = Session.Settings.Passive ? Connect() : await AcceptAsync();
        await peer.EstablishAsync(open);
        await StateIsAsync(SessionState.Established);
        Assert.That(await Rib.NextAsync(), Is.EqualTo("up"));
        return peer;
    }

    public async ValueTask DisposeAsync()
    {
        Rib.Resume();
        await _abort.CancelAsync();
        await _run.WaitAsync(TimeSpan.FromSeconds(60));
        await Port.DisposeAsync();
        _abort.Dispose();
    }
}
