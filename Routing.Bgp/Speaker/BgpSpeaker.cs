using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Bgp.Bfd;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.NextHops;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.Rpki;
using Routing.Bgp.Rpki.Rtr;
using Routing.Bgp.Session;
using Routing.Bgp.Session.Discovery;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Speaker;

/// <summary>A BGP speaker: sessions with its neighbours, one RIB, routes of its own. The public face of this library.</summary>
/// <remarks>Calls may come from any thread; changes of configuration are carried out one after the other.</remarks>
public sealed partial class BgpSpeaker : IAsyncDisposable
{
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly RibLoop _rib;
    private readonly SpeakerIdentity _own;
    private readonly BfdLoop _bfd;
    private readonly RpkiService _rpki;
    private readonly SpeakerPeers _peers;
    private readonly SpeakerMrtSources _mrtSources;
    private readonly SessionTaps _taps = new();
    private readonly SpeakerMrtLogs _mrtLogs;
    private readonly SpeakerBmpStations _bmpStations;
    private readonly IBgpTransport _transport;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly HashSet<Prefix> _originated = [];
    private readonly List<Listener> _listeners = [];
    private Task _background = Task.CompletedTask;
    private SpeakerConfig _config;
    private bool _isRunning;
    private bool _isDisposed;

    /// <summary>A speaker on the system's clock that logs nothing.</summary>
    /// <param name="config">The first configuration.</param>
    /// <param name="onBestPath">Told every best path that changes, on the RIB's thread: it should be quick.</param>
    public BgpSpeaker(SpeakerConfig config, Action<BestPathChange> onBestPath)
        : this(config, [new BestPathCallback(onBestPath)], TimeProvider.System, NullLoggerFactory.Instance)
    {
    }

    /// <summary>A speaker with several sinks, a clock and loggers of the caller's choice.</summary>
    /// <param name="config">The first configuration.</param>
    /// <param name="sinks">Who is told the best paths.</param>
    /// <param name="time">Clock of all timers.</param>
    /// <param name="loggers">Loggers of speaker and sessions.</param>
    public BgpSpeaker(
        SpeakerConfig config, ImmutableArray<IBestPathSink> sinks, TimeProvider time, ILoggerFactory loggers)
        : this(config, sinks, new SocketTransport(), time, loggers)
    {
    }

    /// <inheritdoc cref="BgpSpeaker(SpeakerConfig, ImmutableArray{IBestPathSink}, TimeProvider, ILoggerFactory)"/>
    internal BgpSpeaker(
        SpeakerConfig config,
        ImmutableArray<IBestPathSink> sinks,
        IBgpTransport transport,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        (_config, _transport, _time, _loggers) = (config, transport, time, loggers);
        var routerId = (uint)Prefix.ToInteger(config.RouterId);
        var clusterId = config.ClusterId is { } cluster ? (uint)Prefix.ToInteger(cluster) : routerId;
        _own = new SpeakerIdentity(config.Asn, routerId, clusterId, config.Confederation?.Identifier ?? 0)
        {
            OtherClusterIds = ClusterIdsOf(config),
        };
        _rib = new RibLoop(new RibConfig(_own, config.Restarting, RulesOf(config)) { Time = time }, sinks);
        _bfd = new BfdLoop(time, loggers.CreateLogger<BfdLoop>());
        _rpki = new RpkiService(config.Asn, ChangeValidityAsync, new RtrTcpTransport(), time, loggers);
        var indexes = new PeerIndexes();
        _peers = new SpeakerPeers(_rib, indexes, _taps, transport, new RawLinkTransport(), _bfd, time, loggers);
        _mrtLogs = new SpeakerMrtLogs(_taps, time, loggers);
        _bmpStations = new SpeakerBmpStations(_rib, transport, time, loggers);
        _mrtSources = new SpeakerMrtSources(_rib, indexes, config.Asn, loggers);
    }

    /// <summary>Ends with the speaker; faulted when its RIB died, and then the process should end.</summary>
    public Task Completion => _rib.Completion;

    /// <summary>True when <see cref="ConfigureAsync"/> can get from one configuration to the other. AS number, router id,
    /// cluster ids, confederation, listening addresses and the rules for equal paths are what a speaker is: for those, stop
    /// it and start another.</summary>
    public static bool CanReconfigure(SpeakerConfig from, SpeakerConfig to) =>
        from.Asn == to.Asn
        && from.RouterId.Equals(to.RouterId)
        && Equals(from.ClusterId, to.ClusterId)
        && Equals(from.Confederation, to.Confederation)
        && from.MaximumPaths == to.MaximumPaths
        && from.Multipath == to.Multipath
        && ClusterIdsOf(from).AsSpan().SequenceEqual(ClusterIdsOf(to).AsSpan())
        && from.ListenEndpoints.AsSpan().SequenceEqual(to.ListenEndpoints.AsSpan());

    private static ImmutableArray<uint> ClusterIdsOf(SpeakerConfig config) =>
        [.. config.Peers.Select(PeerProfiles.ClusterId).Where(id => id != 0).Distinct().Order()];

    private static MultipathRules RulesOf(SpeakerConfig config) => new(
        config.MaximumPaths,
        config.Multipath.External,
        config.Multipath.Internal,
        config.Multipath.Mixed,
        config.Multipath.RelaxAsPath,
        config.Multipath.LinkBandwidth);

    /// <summary>Starts listening and connecting.</summary>
    /// <exception cref="IOException">A listening address cannot be had; the message is one line with the remedy.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var endpoint in _config.ListenEndpoints)
        {
            var keys = PeerSettings.KeysOf(_config);
            var listener = new Listener(
                _transport.Listen(endpoint, keys), _peers, _time, _loggers.CreateLogger<Listener>());
            _listeners.Add(listener);
            listener.SetKeys(keys);
        }

        _rib.Start();
        _isRunning = true;
        await _rib.TellAsync(
            rib =>
            {
                rib.Tables.NextHops.Switch(_config.ResolvesNextHops);
                rib.Originate(_config.Originate, []);
            },
            cancellationToken);
        _rpki.Start(_config.Rpki);
        await _mrtLogs.ConfigureAsync(_config.MrtLogs);
        await _bmpStations.ConfigureAsync(_config.BmpStations);
        await _peers.StartAsync(_config, cancellationToken);
        await _mrtSources.ConfigureAsync(_config.MrtSources, cancellationToken);
        _background = Task.WhenAll(
            [
                .. _listeners.Select(listener => listener.RunAsync(_stopping.Token)),
                _peers.RunCleaningAsync(_stopping.Token),
                EndDeferralAsync(_config.SelectionDeferralTime),
            ]);
    }

    /// <summary>Ends all sessions with CEASE (RFC 4486), then the RIB. The neighbours drop our routes, and the sinks hear
    /// that the learned ones are gone.</summary>
    public Task StopAsync(CancellationToken cancellationToken) =>
        StopAsync(NotificationMessage.Cease(CeaseSubcode.AdministrativeShutdown), cancellationToken);

    /// <summary>Ends as if the process had died: without a NOTIFICATION, so that neighbours with graceful restart keep our
    /// routes until a successor is back (RFC 4724 §4.2), and without a word to the sinks, so that what they were told last
    /// stands until then.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        if (_isRunning)
        {
            await _rib.TellAsync(static rib => rib.Freeze(), cancellationToken);
        }

        await StopAsync(null, cancellationToken);
    }

    /// <summary>Changes to another configuration: peers that are new start, those that are gone or changed in what an OPEN
    /// says end; the others keep their sessions, and changed filters are applied to what is held and told.</summary>
    /// <exception cref="ArgumentException"><see cref="CanReconfigure"/> says no.</exception>
    public async Task ConfigureAsync(SpeakerConfig config, CancellationToken cancellationToken)
    {
        if (!CanReconfigure(_config, config))
        {
            throw new ArgumentException("This configuration needs another speaker.", nameof(config));
        }

        await _changing.WaitAsync(cancellationToken);
        try
        {
            var (before, now) = (OwnRoutes(), config.Originate.Concat(_originated).ToHashSet());
            await _rib.TellAsync(
                rib =>
                {
                    rib.Tables.NextHops.Switch(config.ResolvesNextHops);
                    rib.Originate([.. now.Except(before)], [.. before.Except(now)]);
                },
                cancellationToken);
            await _mrtLogs.ConfigureAsync(config.MrtLogs);
            foreach (var listener in _listeners)
            {
                listener.SetKeys(PeerSettings.KeysOf(config));
            }

            _rpki.Configure(config.Rpki);
            await _bmpStations.ConfigureAsync(config.BmpStations);
            await _peers.ConfigureAsync(config, cancellationToken);
            await _mrtSources.ConfigureAsync(config.MrtSources, cancellationToken);
            _config = config;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Adds and removes routes of our own, beside those of the configuration.</summary>
    public async Task OriginateAsync(
        IReadOnlyCollection<Prefix> announce, IReadOnlyCollection<Prefix> withdraw, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            var before = OwnRoutes();
            _originated.ExceptWith(withdraw);
            _originated.UnionWith(announce);
            var now = OwnRoutes();
            await _rib.TellAsync(
                rib => rib.Originate([.. now.Except(before)], [.. before.Except(now)]), cancellationToken);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Tells the speaker how its next hops can be reached (RFC 4271 §9.1.2.1). From then on paths to next hops that
    /// nothing leads to are no candidates, the nearer next hop wins where the rest is equal, and sinks get routers on links of
    /// ours in place of next hops behind them. Until then every next hop counts as reachable.</summary>
    /// <param name="routes">All of them; of interfaces too.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task SetInteriorRoutesAsync(IReadOnlyCollection<InteriorRoute> routes, CancellationToken cancellationToken)
    {
        var table = new InteriorRoutes(routes);
        return _rib.TellAsync(rib => rib.Tables.NextHops.SetRoutes(table), cancellationToken);
    }

    /// <summary>Tells the speaker what is new since <see cref="SetInteriorRoutesAsync"/>.</summary>
    /// <param name="changes">The cheapest route to each prefix that has another one now, or none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task ChangeInteriorRoutesAsync(
        IReadOnlyCollection<InteriorRouteChange> changes, CancellationToken cancellationToken) =>
            _rib.TellAsync(rib => rib.Tables.NextHops.Change(changes), cancellationToken);

    /// <summary><see cref="LeaveAsync"/>, unless it has been stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await LeaveAsync(CancellationToken.None);
        _changing.Dispose();
        _stopping.Dispose();
    }

    private async Task StopAsync(NotificationMessage? notification, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            await _stopping.CancelAsync();
            foreach (var listener in _listeners)
            {
                await listener.DisposeAsync();
            }

            await _background.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _mrtSources.StopAsync();
            await _peers.StopAsync(notification, cancellationToken);
            await _bfd.DisposeAsync();
            await _rpki.DisposeAsync();
            await _mrtLogs.ConfigureAsync([]);
            await _bmpStations.ConfigureAsync([]);
            _isRunning = false;
            await _rib.DisposeAsync();
        }
        finally
        {
            _changing.Release();
        }
    }

    private Task ChangeValidityAsync(RpkiChange change, CancellationToken cancellationToken) => _rib.TellAsync(
        rib => rib.ChangeValidity(change.View, change.ChangedRoas.Covers, change.AspasChanged), cancellationToken);

    /// <summary>Selection_Deferral_Timer (RFC 4724 §4.1): convergence waits no longer than this for anybody.</summary>
    private async Task EndDeferralAsync(TimeSpan time)
    {
        await Task.Delay(time, _time, _stopping.Token);
        await _rib.TellAsync(static rib => rib.DeferralTimeExpired(), _stopping.Token);
    }

    private HashSet<Prefix> OwnRoutes() => _config.Originate.Concat(_originated).ToHashSet();
}
