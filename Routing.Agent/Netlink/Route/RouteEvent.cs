namespace Routing.Agent.Netlink.Route;

/// <summary>Something that happened in a network namespace, whoever did it.</summary>
public abstract record RouteEvent
{
    private RouteEvent()
    {
    }

    /// <summary>A link came, changed or went.</summary>
    public sealed record LinkChanged(Link Link, bool Deleted) : RouteEvent;

    /// <summary>An address came or went.</summary>
    public sealed record AddressChanged(InterfaceAddress Address, bool Deleted) : RouteEvent;

    /// <summary>A route came, was replaced or went. IPv4 routes that fall with their link go without an
    /// event.</summary>
    public sealed record RouteChanged(RouteEntry Route, bool Deleted) : RouteEvent
    {
        /// <summary>It takes the place of one to the same prefix with the same metric (NLM_F_REPLACE).</summary>
        public bool Replaces { get; init; }
    }

    /// <summary>A neighbour entry came, changed its state or went.</summary>
    public sealed record NeighbourChanged(Neighbour Neighbour, bool Deleted) : RouteEvent;

    /// <summary>The kernel dropped events because they were not read in time: whoever keeps a picture reads it
    /// anew.</summary>
    public sealed record Overrun : RouteEvent;
}
