using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Speaker;

/// <summary>A BGP speaker: sessions with its neighbours, one RIB, routes of its own. The public face of this library.</summary>
/// <remarks>Calls may come from any thread; changes of configuration are carried out one after the other.</remarks>
public sealed partial class BgpSpeaker : IAsyncDisposable
{
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly RibLoop _rib;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HashSet<Prefix> _originated = [];
    private SpeakerConfig _config;

    /// <param name="config">The first configuration.</param>
    /// <param name="sinks">Who is told the best paths.</param>
    /// <param name="time">Clock of all timers.</param>
    /// <param name="loggers">Loggers of speaker and sessions.</param>
    public BgpSpeaker(
        SpeakerConfig config, ImmutableArray<IBestPathSink> sinks, TimeProvider time, ILoggerFactory loggers)
    {
        (_config, _time, _logger) = (config, time, loggers.CreateLogger<BgpSpeaker>());
        var routerId = (uint)Prefix.ToInteger(config.RouterId);
        var clusterId = config.ClusterId is { } cluster ? (uint)Prefix.ToInteger(cluster) : routerId;
        var own = new SpeakerIdentity(config.Asn, routerId, clusterId);
        _rib = new RibLoop(new RibConfig(own, config.Restarting, config.MaximumPaths), sinks);
    }

    /// <summary>Ends with the speaker; faulted when its RIB died, and then the process should end.</summary>
    public Task Completion => _rib.Completion;

    /// <summary>True when <see cref="ConfigureAsync"/> can get from one configuration to the other. AS number, router id,
    /// cluster id, listening addresses and the number of equal paths are what a speaker is: for those, stop it and start
    /// another.</summary>
    public static bool CanReconfigure(SpeakerConfig from, SpeakerConfig to) =>
        from.Asn == to.Asn
        && from.RouterId.Equals(to.RouterId)
        && Equals(from.ClusterId, to.ClusterId)
        && from.MaximumPaths == to.MaximumPaths
        && from.ListenEndpoints.AsSpan().SequenceEqual(to.ListenEndpoints.AsSpan());

    /// <summary>Starts listening and connecting.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">A listening address cannot be had.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _rib.Start();
        await _rib.TellAsync(rib => rib.Originate(_config.Originate, []), cancellationToken);
        await _rib.TellAsync(rib => rib.Start(), cancellationToken);
    }

    /// <summary>Ends all sessions with CEASE (RFC 4486), then the RIB.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _rib.DisposeAsync();
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
                rib => rib.Originate([.. now.Except(before)], [.. before.Except(now)]), cancellationToken);
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

    /// <summary>The neighbours, ordered by name.</summary>
    public Task<ImmutableArray<PeerStatus>> GetPeersAsync(CancellationToken cancellationToken) =>
        _rib.AskAsync(_ => ImmutableArray<PeerStatus>.Empty, cancellationToken);

    /// <summary>Routes that match, a page at a time and in no order: the RIB goes on working in between, so a long answer
    /// is not one moment's picture.</summary>
    public async IAsyncEnumerable<RouteStatus> GetRoutesAsync(
        RouteQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        AfiSafi[] families = query.Family is { } only ? [only] : [AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast];
        foreach (var family in families)
        {
            var row = 1;
            while (row != 0)
            {
                var page = await _rib.AskAsync(rib => new RouteReader(rib, query).ReadPage(family, ref row), cancellationToken);
                foreach (var route in page)
                {
                    yield return route;
                }
            }
        }
    }

    /// <summary>Stops when that has not been done.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _changing.Dispose();
    }

    private HashSet<Prefix> OwnRoutes() => _config.Originate.Concat(_originated).ToHashSet();
}
