using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Route;
using Routing.Bgp.Rib.NextHops;
using Routing.Bgp.Speaker;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Agent.Dataplane.Fib;

/// <summary>Tells the speaker what else than BGP leads anywhere: the main table's routes that are not the FIB's, by which the
/// speaker resolves next hops.</summary>
/// <remarks>
/// The table is read again as a whole when a route of somebody else, a link or an address has changed: IPv4 routes go with
/// their link without an event. Pods' host routes change all day and lead to no router, so their events are not heeded; they
/// count when they are read.
/// </remarks>
internal sealed partial class InteriorRouteFeed(IRouteNetlink netlink, TimeProvider time, ILogger<InteriorRouteFeed> logger)
{
    /// <summary>A burst of events is one reading.</summary>
    private static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private static readonly Prefix Loopback = Prefix.FromNetwork(IPNetwork.Parse("127.0.0.0/8"));

    private readonly WakeSignal _wake = new();
    private volatile BgpSpeaker? _speaker;
    private BgpSpeaker? _told; // the loop's, as what it was told
    private ImmutableArray<InteriorRoute> _routes = [];

    /// <summary>A speaker has started, and takes the place of the one before.</summary>
    public void OnSpeaker(BgpSpeaker speaker)
    {
        _speaker = speaker;
        _wake.Set();
    }

    /// <summary>The kernel announced a route.</summary>
    public void OnKernelRoute(RouteEntry route)
    {
        if (IsInterior(route) && route.Protocol != RouteProtocol.RoutingPod)
        {
            _wake.Set();
        }
    }

    /// <summary>A link changed, or events were lost.</summary>
    public void OnResyncDue() => _wake.Set();

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _wake.WaitAsync(cancellationToken);
            try
            {
                await TellAsync(cancellationToken);
                await Task.Delay(LeastInterval, time, cancellationToken);
            }
            catch (NetlinkException e)
            {
                LogCannotRead(e.Message, RetryDelay);
                await Task.Delay(RetryDelay, time, cancellationToken);
                _wake.Set();
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The speaker has ended; its successor is announced.
            }
        }
    }

    /// <summary>The routes of the main table that BGP did not put there, and this host itself, which is in another
    /// table.</summary>
    public static ImmutableArray<InteriorRoute> Read(IRouteNetlink netlink) =>
    [
        new InteriorRoute(Loopback, 0, []),
        .. netlink.ListRoutes(new RouteFilter(Table: OwnershipPolicy.Table)).Where(IsInterior).Select(Translate)
            .OrderBy(route => route.Prefix).ThenBy(route => route.Cost),
    ];

    private async Task TellAsync(CancellationToken cancellationToken)
    {
        if (_speaker is not { } speaker)
        {
            return;
        }

        var routes = Read(netlink);
        if (speaker != _told || !routes.SequenceEqual(_routes))
        {
            await speaker.SetInteriorRoutesAsync(routes, cancellationToken);
            (_told, _routes) = (speaker, routes);
            LogTold(routes.Length);
        }
    }

    private static bool IsInterior(RouteEntry route) =>
        route.Table == OwnershipPolicy.Table && !OwnershipPolicy.Owns(route);

    /// <summary>The metric is the cost, but of routes to addresses on a link, where metrics only tell interfaces
    /// apart.</summary>
    private static InteriorRoute Translate(RouteEntry route)
    {
        ImmutableArray<IPAddress> gateways =
            [.. route.NextHops.Where(way => way.Gateway is not null).Select(way => WithScope(way.Gateway!, way.IfIndex))];
        return new InteriorRoute(
            Prefix.FromNetwork(route.Destination),
            gateways.IsEmpty ? 0 : route.Metric,
            gateways,
            route.Type == RouteType.Unicast);
    }

    private static IPAddress WithScope(IPAddress gateway, int? interfaceIndex) =>
        gateway is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv6LinkLocal: true } && interfaceIndex is { } index
            ? new IPAddress(gateway.GetAddressBytes(), index)
            : gateway;

    [LoggerMessage(LogLevel.Debug, "{Count} interior routes lead to next hops")]
    private partial void LogTold(int count);

    [LoggerMessage(LogLevel.Warning, "interior routes cannot be read: {Reason}; next try in {Delay}")]
    private partial void LogCannotRead(string reason, TimeSpan delay);
}
