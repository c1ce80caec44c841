namespace Routing.Agent.Netlink.Route;

/// <summary>One change to links, addresses, routes, neighbours or rules. Several travel to the kernel in one system
/// call (<see cref="IRouteNetlink.Apply"/>).</summary>
public abstract record RouteChange
{
    private RouteChange()
    {
    }

    /// <summary>What is asked, as in "add route"; with <see cref="Target"/> it makes the text of an error.</summary>
    public abstract string Operation { get; }

    /// <summary>The object it is asked of.</summary>
    public abstract string Target { get; }

    /// <summary>Creates a veth pair; its peer is born inside the other namespace.</summary>
    public sealed record AddVeth(VethSpec Spec) : RouteChange
    {
        /// <inheritdoc/>
        public override string Operation => "create veth";

        /// <inheritdoc/>
        public override string Target => $"{Spec.Name} with peer {Spec.PeerName}";
    }

    /// <summary>Changes a link; null in <paramref name="Change"/> leaves a thing as it is.</summary>
    public sealed record SetLink(int IfIndex, LinkChange Change) : RouteChange
    {
        /// <inheritdoc/>
        public override string Operation => "change link";

        /// <inheritdoc/>
        public override string Target => $"#{IfIndex} ({Change})";
    }

    /// <summary>Deletes a link, and a veth's peer with it.</summary>
    public sealed record RemoveLink(string Name) : RouteChange
    {
        /// <inheritdoc/>
        public override string Operation => "delete link";

        /// <inheritdoc/>
        public override string Target => Name;
    }

    /// <summary>Adds an address, or leaves it when it is there.</summary>
    public sealed record AddAddress(InterfaceAddress Address) : RouteChange
    {
        /// <inheritdoc/>
        public override string Operation => "add address";

        /// <inheritdoc/>
        public override string Target => Address.ToString();
    }

    /// <summary>Removes an address.</summary>
    public sealed record RemoveAddress(InterfaceAddress Address) : RouteChange
    {
        /// <inheritdoc/>
        public override string Operation => "delete address";

        /// <inheritdoc/>
        public override string Target => Address.ToString();
    }

    /// <summary>Adds a route, or replaces the one with the same destination, table and metric.</summary>
    public sealed record PutRoute(RouteEntry Route) : RouteChange
    {
        /// <inheritdoc/>
        public override string Operation => "replace route";

        /// <inheritdoc/>
        public override string Target => Route.ToString();
    }

    /// <summary>Removes the route with the same destination, table, metric and protocol.</summary>
    public sealed record RemoveRoute(RouteEntry Route) : RouteChange
    {
        /// <inheritdoc/>
        public override string Operation => "delete route";

        /// <inheritdoc/>
        public override string Target => Route.ToString();
    }

    /// <summary>Adds or replaces a neighbour entry.</summary>
    public sealed record PutNeighbour(Neighbour Neighbour) : RouteChange
    {
        /// <inheritdoc/>
        public override string Operation => "replace neighbour";

        /// <inheritdoc/>
        public override string Target => Neighbour.ToString();
    }

    /// <summary>Removes a neighbour entry.</summary>
    public sealed record RemoveNeighbour(Neighbour Neighbour) : RouteChange
    {
        /// <inheritdoc/>
        public override string Operation => "delete neighbour";

        /// <inheritdoc/>
        public override string Target => Neighbour.ToString();
    }

    /// <summary>Adds a routing policy rule, or leaves it when it is there.</summary>
    public sealed record AddRule(RoutingRule Rule) : RouteChange
    {
        /// <inheritdoc/>
        public override string Operation => "add rule";

        /// <inheritdoc/>
        public override string Target => Rule.ToString();
    }

    /// <summary>Removes a routing policy rule.</summary>
    public sealed record RemoveRule(RoutingRule Rule) : RouteChange
    {
        /// <inheritdoc/>
        public override string Operation => "delete rule";

        /// <inheritdoc/>
        public override string Target => Rule.ToString();
    }
}
