using System.Threading.Channels;
using Routing.Agent.Netlink.Route;

namespace Routing.Agent.Dataplane.Fib;

/// <summary>Events of the kernel into the <see cref="FibLoop"/> and the <see cref="InteriorRouteFeed"/>, and into the
/// <see cref="HostInterfaceFeed"/> where there is one.</summary>
internal static class KernelEvents
{
    /// <summary>Runs until cancelled.</summary>
    /// <exception cref="Netlink.NetlinkException">The monitor's socket failed.</exception>
    public static async Task PumpAsync(
        ChannelReader<RouteEvent> events, FibLoop fib, InteriorRouteFeed? interior, HostInterfaceFeed? hosts,
        CancellationToken cancellationToken)
    {
        await foreach (var each in events.ReadAllAsync(cancellationToken))
        {
            switch (each)
            {
                case RouteEvent.RouteChanged route:
                    fib.OnKernelRoute(route.Route, route.Deleted);
                    interior?.OnKernelRoute(route);
                    break;

                // Pods' interfaces come and go all day and carry no route of ours; an uplink's routes go with it.
                case RouteEvent.LinkChanged { Link: var link }
                    when !link.Name.StartsWith(Attachments.AttachmentKey.InterfacePrefix, StringComparison.Ordinal):
                case RouteEvent.Overrun:
                    fib.OnResyncDue();
                    interior?.OnResyncDue();
                    hosts?.OnChange();
                    break;

                case RouteEvent.AddressChanged:
                    hosts?.OnChange();
                    break;
            }
        }
    }
}
