using System.Collections.Immutable;
using Routing.Agent.Dataplane.Fib;
using Routing.Agent.Metrics;
using Routing.Agent.Netlink.Route;
using Routing.Agent.Options;
using Routing.Bgp.Wire.Iana;

namespace Routing.Agent.Roles;

/// <summary>Kernel, monitor and loop of a stand-alone speaker's routes.</summary>
internal sealed class KernelFib : IDisposable
{
    private static readonly TimeSpan EmptyTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    private readonly RouteMonitor _monitor;
    private readonly RouteNetlink _netlink;
    private readonly RouteNetlink _reader; // a socket for each loop
    private readonly AgentMetrics _metrics = new();
    private readonly TimeProvider _time;

    private KernelFib(TimeProvider time, ILoggerFactory loggers)
    {
        // The monitor is open before anything is read, so that no change falls between.
        _time = time;
        _monitor = RouteMonitor.Open(RouteGroups.Links | RouteGroups.Routes);
        _netlink = RouteNetlink.Open();
        _reader = RouteNetlink.Open();
        Interior = new InteriorRouteFeed(_reader, time, loggers.CreateLogger<InteriorRouteFeed>());
        Loop = new FibLoop(
            _netlink, new DirectNextHopResolver(), new FibOptions(), _metrics, time, loggers.CreateLogger<FibLoop>());
    }

    /// <summary>The owner of the routes.</summary>
    public FibLoop Loop { get; }

    /// <summary>Tells speakers how next hops are reached.</summary>
    public InteriorRouteFeed Interior { get; }

    /// <summary>Opens the kernel and reads what an earlier process left.</summary>
    /// <exception cref="Netlink.NetlinkException">The kernel refused.</exception>
    public static KernelFib Open(TimeProvider time, ILoggerFactory loggers) => new(time, loggers);

    /// <summary>Starts the loops.</summary>
    public void Start(Supervisor supervisor)
    {
        supervisor.Start("routes", Loop.RunAsync);
        supervisor.Start("interior routes", Interior.RunAsync);
        supervisor.Start("kernel monitor", stop => KernelEvents.PumpAsync(_monitor.Events, Loop, Interior, hosts: null, stop));
    }

    /// <summary>The speaker has ended for good and withdrawn what it taught: waits until the kernel has followed.</summary>
    public async Task WaitUntilEmptyAsync(CancellationToken cancellationToken)
    {
        foreach (var family in ImmutableArray.Create(AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast))
        {
            Loop.OnConverged(family); // what was inherited from an earlier process goes too
        }

        for (var start = _time.GetTimestamp();
             Loop.Status.Installed > 0 && _time.GetElapsedTime(start) < EmptyTimeout;)
        {
            await Task.Delay(PollInterval, _time, cancellationToken);
        }
    }

    public void Dispose()
    {
        _netlink.Dispose();
        _reader.Dispose();
        _monitor.Dispose();
        _metrics.Dispose();
    }
}
