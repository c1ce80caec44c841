using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Session;
using Routing.Bgp.Session.Tcp;
using Routing.Tests.Fakes;

namespace Routing.Tests.Bgp.Session;

/// <summary>Two sessions of ours, both active, with listeners between them.</summary>
internal sealed class SessionPair : IAsyncDisposable
{
    private static readonly IPEndPoint LeftAt = new(IPAddress.Parse("10.0.0.1"), 179);
    private static readonly IPEndPoint RightAt = new(IPAddress.Parse("10.0.0.2"), 179);

    private readonly CancellationTokenSource _stop = new();
    private readonly ManualTime _time = new();
    private readonly MemoryTransport _transport = new();
    private readonly List<Task> _tasks = [];

    public SessionPair(TimeSpan gracefulRestartTime = default)
    {
        Left = New(LeftAt, 65000, RightAt, 65001, LeftRib, gracefulRestartTime);
        Right = New(RightAt, 65001, LeftAt, 65000, RightRib, gracefulRestartTime);
        _tasks.Add(Listen(LeftAt, Left));
        _tasks.Add(Listen(RightAt, Right));
        _tasks.Add(Task.Run(() => Left.RunAsync(_stop.Token)));
        _tasks.Add(Task.Run(() => Right.RunAsync(_stop.Token)));
    }

    public PeerSession Left { get; }

    public PeerSession Right { get; }

    public FakeRibInbox LeftRib { get; } = new();

    public FakeRibInbox RightRib { get; } = new();

    /// <summary>Lets some time pass.</summary>
    public bool Step()
    {
        _time.Advance(TimeSpan.FromMilliseconds(100));
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_tasks).WaitAsync(TimeSpan.FromSeconds(60));
        _stop.Dispose();
    }

    private PeerSession New(
        IPEndPoint at, uint asn, IPEndPoint peerAt, uint peerAsn, FakeRibInbox rib, TimeSpan restartTime) => new(
        new PeerSessionSettings
        {
            Name = peerAt.ToString(),
            Peer = new PeerIndex(1),
            Remote = peerAt,
            PeerAsn = peerAsn,
            Kind = PathSourceKind.External,
            LocalAsn = asn,
            BgpIdentifier = (uint)Routing.Bgp.Wire.Nlri.Prefix.ToInteger(at.Address),
            Connection = new ConnectionOptions { Source = at.Address },
            GracefulRestartTime = restartTime,
        },
        rib,
        _transport,
        _time,
        NullLogger<PeerSession>.Instance);

    private Task Listen(IPEndPoint at, PeerSession session)
    {
        var listener = new Listener(
            _transport.Listen(at), new OnePeer(session), _time, NullLogger<Listener>.Instance);
        return Task.Run(async () =>
        {
            await using (listener)
            {
                await listener.RunAsync(_stop.Token);
            }
        });
    }

    private sealed class OnePeer(PeerSession session) : IPeerDirectory
    {
        public PeerSession? Find(IPAddress remote, IPAddress local) =>
            remote.Equals(session.Settings.Remote.Address) ? session : null;
    }
}
