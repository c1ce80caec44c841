namespace Routing.Agent.Netlink.Route;

/// <summary>Single changes by name. All throw <see cref="NetlinkException"/> when the kernel refuses. Replace and
/// Ensure are idempotent; Delete returns false for an object that is not there.</summary>
public static class RouteNetlinkChanges
{
    extension(IRouteNetlink netlink)
    {
        /// <summary>Makes changes in order and throws the first refusal, after all were tried.</summary>
        public void ApplyAll(params IReadOnlyList<RouteChange> changes)
        {
            foreach (var outcome in netlink.Apply(changes))
            {
                if (outcome.Error is { } error)
                {
                    throw error;
                }
            }
        }

        /// <summary>Changes what is set in <paramref name="change"/>.</summary>
        public void ChangeLink(int ifIndex, LinkChange change) =>
            netlink.ApplyOne(new RouteChange.SetLink(ifIndex, change));

        /// <summary>Deletes a link (and its veth peer).</summary>
        public bool DeleteLink(string name) => netlink.ApplyOne(new RouteChange.RemoveLink(name));

        /// <summary>Adds an address, or leaves it when it is there.</summary>
        public void EnsureAddress(InterfaceAddress address) => netlink.ApplyOne(new RouteChange.AddAddress(address));

        /// <summary>Removes an address.</summary>
        public bool DeleteAddress(InterfaceAddress address) => netlink.ApplyOne(new RouteChange.RemoveAddress(address));

        /// <summary>Adds the route, or replaces the one with the same destination, table and metric.</summary>
        public void ReplaceRoute(RouteEntry route) => netlink.ApplyOne(new RouteChange.PutRoute(route));

        /// <summary>Removes the route with the same destination, table, metric and protocol.</summary>
        public bool DeleteRoute(RouteEntry route) => netlink.ApplyOne(new RouteChange.RemoveRoute(route));

        /// <summary>Adds or replaces a neighbour entry.</summary>
        public void ReplaceNeighbour(Neighbour neighbour) => netlink.ApplyOne(new RouteChange.PutNeighbour(neighbour));

        /// <summary>Removes a neighbour entry.</summary>
        public bool DeleteNeighbour(Neighbour neighbour) =>
            netlink.ApplyOne(new RouteChange.RemoveNeighbour(neighbour));

        /// <summary>Adds a rule, or leaves it when it is there.</summary>
        public void EnsureRule(RoutingRule rule) => netlink.ApplyOne(new RouteChange.AddRule(rule));

        /// <summary>Removes a rule.</summary>
        public bool DeleteRule(RoutingRule rule) => netlink.ApplyOne(new RouteChange.RemoveRule(rule));

        private bool ApplyOne(RouteChange change)
        {
            var outcome = netlink.Apply([change])[0];
            return outcome.Error is { } error ? throw error : outcome.Changed;
        }
    }
}
