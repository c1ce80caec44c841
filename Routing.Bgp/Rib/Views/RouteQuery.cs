using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Views;

/// <summary>Which routes to show; what is null matches all.</summary>
public sealed record RouteQuery
{
    /// <summary>Only this family.</summary>
    public AfiSafi? Family { get; init; }

    /// <summary>Only this prefix; <see cref="Match"/> says what else.</summary>
    public Prefix? Prefix { get; init; }

    /// <summary>With <see cref="Prefix"/>: which prefixes are meant.</summary>
    public PrefixSelection Match { get; init; }

    /// <summary>The table that is shown.</summary>
    public RouteTable Table { get; init; }

    /// <summary>Name of a peer: whose paths are shown, or to whom they were advertised. <see cref="RouteTable.Received"/> and
    /// <see cref="RouteTable.Advertised"/> need one.</summary>
    public string? Peer { get; init; }

    /// <summary>Only best paths.</summary>
    public bool BestOnly { get; init; }

    /// <summary>Only paths that may not be chosen: a filter, a loop.</summary>
    public bool RejectedOnly { get; init; }
}
