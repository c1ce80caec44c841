using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;
using Routing.Bgp.Bfd;
using Routing.Bgp.Fsm;
using Routing.Bgp.Rib;
using Routing.Bgp.Session;
using Routing.Bgp.Session.Discovery;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Speaker;

/// <summary>Owner of the sessions: starts and ends them as the configuration says, and makes one for whoever connects out
/// of a range.</summary>
/// <remarks>Listeners look peers up from their own tasks, so the table is behind a lock; changes of configuration come one
/// at a time.</remarks>
internal sealed partial class SpeakerPeers(
    RibLoop rib,
    PeerIndexes indexes,
    SessionTaps taps,
    IBgpTransport transport,
    ILinkTransport links,
    IBfdService bfd,
    TimeProvider time,
    ILoggerFactory loggers) : IPeerDirectory
{
    /// <summary>Neighbours out of all ranges at the same time: each costs memory before it has said a word.</summary>
    private const int MostDynamicPeers = 4096;

    /// <summary>A neighbour out of a range that is not Established for so long is forgotten.</summary>
    private static readonly TimeSpan DynamicPeerLinger = TimeSpan.FromMinutes(5);

    /// <summary>Time for the last NOTIFICATION to get out before a session is torn down.</summary>
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger = loggers.CreateLogger<SpeakerPeers>();
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, SpeakerPeer> _peers = [];
    private SpeakerConfig? _config;
    private bool _isStopping;

    /// <summary>All neighbours that have a session.</summary>
    public ImmutableArray<SpeakerPeer> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _peers.Values];
            }
        }
    }

    /// <summary>A neighbour by its name, or by its address, which is what the other side's log has.</summary>
    public SpeakerPeer? Find(string nameOrAddress)
    {
        var peers = All;
        return peers.FirstOrDefault(peer => peer.Name == nameOrAddress)
            ?? peers.FirstOrDefault(peer => peer.Address.ToString() == nameOrAddress);
    }

    /// <summary>Enters the first neighbours into the RIB and starts their sessions.</summary>
    public async Task StartAsync(SpeakerConfig config, CancellationToken cancellationToken)
    {
        (_config, _startedAt) = (config, time.GetTimestamp());
        var peers = Configured(config).Select(peer => Create(peer, peer.Address!, config.Restarting)).ToList();
        foreach (var peer in peers)
        {
            await EnterAsync(peer, cancellationToken);
        }

        // Convergence waits for all of them, so none may run before the last has been entered.
        await rib.TellAsync(static owner => owner.Start(), cancellationToken);
        foreach (var peer in peers)
        {
            peer.Running = RunAsync(peer);
        }

        WatchLinks(config);
    }

    /// <summary>Follows a changed configuration.</summary>
    public async Task ConfigureAsync(SpeakerConfig config, CancellationToken cancellationToken)
    {
        var before = _config!;
        _config = config;
        var byName = config.Peers.ToDictionary(peer => peer.Name);
        var sessionsChange = before.GracefulRestartTime != config.GracefulRestartTime;
        foreach (var peer in All)
        {
            var isTakenOver = peer.IsDynamic && IsConfigured(peer.Address);
            if (isTakenOver || !byName.TryGetValue(peer.Config.Name, out var wanted))
            {
                await EndAsync(peer, NotificationMessage.Cease(CeaseSubcode.PeerDeconfigured), cancellationToken);
            }
            else if (sessionsChange || PeerConfigChange.NeedsNewSession(peer.Config, wanted))
            {
                await EndAsync(peer, NotificationMessage.Cease(CeaseSubcode.OtherConfigurationChange), cancellationToken);
            }
            else if (peer.Config != wanted || before.ExternalRequiresPolicy != config.ExternalRequiresPolicy)
            {
                if (peer.Config.Transport.Keys != wanted.Transport.Keys)
                {
                    await peer.Session.ChangeKeysAsync(wanted.Transport.Keys, cancellationToken);
                }

                peer.Config = wanted;
                peer.Bfd.Configure(wanted.Bfd);
                var change = ForRib(peer);
                await rib.TellAsync(owner => owner.ChangePeer(peer.Index, change), cancellationToken);
            }
        }

        var known = All.Select(peer => peer.Config.Name).ToHashSet();
        foreach (var added in Configured(config).Where(peer => !known.Contains(peer.Name)))
        {
            // The restart of this process is over for whoever is added now.
            var peer = Create(added, added.Address!, restarting: false);
            await EnterAsync(peer, cancellationToken);
            peer.Running = RunAsync(peer);
        }

        await UnwatchLinksAsync(config);
        WatchLinks(config);
    }

    /// <inheritdoc/>
    public PeerSession? Find(IPAddress remote, IPAddress local)
    {
        lock (_gate)
        {
            return _isStopping ? null
                : _peers.TryGetValue(remote, out var known) ? known.Session
                : remote.IsIPv6LinkLocal && FindOnLink(remote) is { } neighbour ? neighbour
                : FindInRanges(remote);
        }
    }

    /// <summary>Ends all sessions.</summary>
    /// <param name="notification">What the neighbours are told; null to close without a word.</param>
    public async Task StopAsync(NotificationMessage? notification, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _isStopping = true;
        }

        await UnwatchLinksAsync(null);
        await Task.WhenAll(All.Select(peer => EndAsync(peer, notification, cancellationToken)));
    }

    /// <summary>Forgets neighbours out of ranges that have been away for long. Runs until cancelled.</summary>
    public async Task RunCleaningAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(DynamicPeerLinger / 5, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            foreach (var peer in All.Where(peer => peer.IsDynamic))
            {
                var status = peer.Session.Status;
                if (status.State != SessionState.Established && !status.RetainsRoutes
                    && time.GetElapsedTime(status.SinceTimestamp) > DynamicPeerLinger)
                {
                    LogForgotten(peer.Name);
                    await EndAsync(peer, null, cancellationToken);
                }
            }
        }
    }

    /// <summary>True for the address of a neighbour of its own, which no range may take.</summary>
    private bool IsConfigured(IPAddress address) => _config!.Peers.Any(peer => address.Equals(peer.Address));

    private static IEnumerable<PeerConfig> Configured(SpeakerConfig config) =>
        config.Peers.Where(peer => peer.Address is not null);

    /// <summary>Under the lock, so that nobody appears while all are being stopped.</summary>
    private PeerSession? FindInRanges(IPAddress remote)
    {
        var range = _config?.Peers
            .Where(peer => peer.AddressRange is { } candidate && candidate.Contains(remote))
            .MaxBy(peer => peer.AddressRange!.Value.PrefixLength);
        if (range is null || IsConfigured(remote))
        {
            return null;
        }

        var dynamic = _peers.Values.Where(known => known.IsDynamic).ToList();
        if (dynamic.Count >= MostDynamicPeers
            || dynamic.Count(known => known.Config.Name == range.Name) >= range.Transport.DynamicPeerLimit)
        {
            LogRangeFull(range.Name, remote, dynamic.Count);
            MakeRoom(dynamic.Where(known => dynamic.Count >= MostDynamicPeers || known.Config.Name == range.Name));
            return null;
        }

        var peer = Create(range, remote, restarting: false);
        peer.Running = EnterAndRunAsync(peer);
        LogAppeared(peer.Name);
        return peer.Session;
    }

    /// <summary>The neighbour that has been away the longest goes at once, not after <see cref="DynamicPeerLinger"/>: whoever
    /// was refused finds room when it asks again.</summary>
    private void MakeRoom(IEnumerable<SpeakerPeer> full)
    {
        var away = full.Select(peer => (Peer: peer, peer.Session.Status))
            .Where(each => each.Status is { EstablishedCount: > 0, RetainsRoutes: false, State: < SessionState.OpenSent })
            .OrderBy(each => each.Status.SinceTimestamp).FirstOrDefault().Peer;
        if (away is not null)
        {
            LogGivesWay(away.Name);
            _ = EndAsync(away, null, CancellationToken.None); // the peer keeps the task
        }
    }

    private async Task EnterAndRunAsync(SpeakerPeer peer)
    {
        await EnterAsync(peer, peer.Aborted);
        await RunAsync(peer);
    }

    private SpeakerPeer Create(PeerConfig config, IPAddress address, bool restarting)
    {
        lock (_gate)
        {
            var index = indexes.Take();
            var name = SpeakerPeer.NameOf(config, address);
            var settings = PeerSettings.ForSession(_config!, config, index, address) with
            {
                Restarting = restarting,
                IsShutDown = _shutdowns.ContainsKey(name),
                Taps = taps,
            };
            var peerBfd = new PeerBfd(
                bfd, new BfdTarget(address, config.Transport.SourceAddress, config.Transport.Interface));
            var peer = new SpeakerPeer(config, index, address, peerBfd, NewSession(settings, peerBfd))
            {
                ShutdownReason = _shutdowns.GetValueOrDefault(name),
            };
            _peers.Add(address, peer);
            peerBfd.Configure(config.Bfd);
            return peer;
        }
    }

    private RibPeerConfig ForRib(SpeakerPeer peer)
    {
        var config = PeerSettings.ForRib(peer.Config, peer.Address, _config!);
        return peer.IsDraining ? PeerSettings.Drained(config) : config;
    }

    private Task EnterAsync(SpeakerPeer peer, CancellationToken cancellationToken)
    {
        var entry = ForRib(peer);
        return rib.TellAsync(owner => owner.AddPeer(peer.Index, entry), cancellationToken);
    }

    private PeerSession NewSession(PeerSessionSettings settings, PeerBfd peerBfd) =>
        new(settings, rib, transport, time, loggers.CreateLogger<PeerSession>(), bfd: peerBfd);

    /// <summary>Runs the session; one that throws resets its peer and no other.</summary>
    private async Task RunAsync(SpeakerPeer peer)
    {
        try
        {
            while (!await RunOnceAsync(peer))
            {
                await rib.PeerDownAsync(peer.Index, [], peer.Aborted);
                peer.Session = NewSession(
                    peer.Session.Settings with
                    {
                        Restarting = false,
                        IsShutDown = peer.ShutdownReason is not null,
                        Connection = peer.Session.Settings.Connection with { Keys = peer.Config.Transport.Keys },
                    },
                    peer.Bfd);
                await Task.Delay(peer.Config.Timers.ConnectRetryTime, time, peer.Aborted);
            }
        }
        catch (OperationCanceledException)
        {
            // Torn down, or the RIB has ended.
        }
    }

    private async Task<bool> RunOnceAsync(SpeakerPeer peer)
    {
        try
        {
            await peer.Session.RunAsync(peer.Aborted);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogDied(e, peer.Name);
            return false;
        }
    }

    /// <summary>Ends a session, and when nothing of it is under way any more, takes the neighbour out of the RIB. Whoever asks
    /// again waits for the same end.</summary>
    private Task EndAsync(SpeakerPeer peer, NotificationMessage? notification, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return peer.Ending ??= EndOnceAsync(peer, notification, cancellationToken);
        }
    }

    private async Task EndOnceAsync(
        SpeakerPeer peer, NotificationMessage? notification, CancellationToken cancellationToken)
    {
        await Task.Yield(); // not under the caller's lock
        await peer.Session.StopAsync(notification, cancellationToken);
        try
        {
            await peer.Running.WaitAsync(StopTime, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            LogSlowEnd(peer.Name);
            await peer.AbortAsync();
        }

        peer.Bfd.Configure(null);
        await rib.TellAsync(owner => owner.RemovePeer(peer.Index), cancellationToken);
        lock (_gate)
        {
            _peers.Remove(peer.Address);
        }

        indexes.Return(peer.Index);
        peer.Dispose();
    }

    [LoggerMessage(LogLevel.Warning, "{Peer} may not have another neighbour, and {Address} is refused: {Count} are there")]
    private partial void LogRangeFull(string peer, IPAddress address, int count);

    [LoggerMessage(LogLevel.Information, "{Peer} connects out of a range")]
    private partial void LogAppeared(string peer);

    [LoggerMessage(LogLevel.Information, "{Peer} of a range has been away for long and is forgotten")]
    private partial void LogForgotten(string peer);

    [LoggerMessage(LogLevel.Information, "{Peer} of a range is away and gives way to another")]
    private partial void LogGivesWay(string peer);

    [LoggerMessage(LogLevel.Error, "the session with {Peer} failed and begins anew")]
    private partial void LogDied(Exception exception, string peer);

    [LoggerMessage(LogLevel.Warning, "the session with {Peer} did not end in time and is torn down")]
    private partial void LogSlowEnd(string peer);
}
