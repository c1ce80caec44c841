using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Views;

/// <summary>Which routes to show; what is null matches all.</summary>
public sealed record RouteQuery
{
    /// <summary>Only this family.</summary>
    public AfiSafi? Family { get; init; }

    /// <summary>Only this prefix.</summary>
    public Prefix? Prefix { get; init; }

    /// <summary>With <see cref="Prefix"/>: also the prefixes inside it.</summary>
    public bool Longer { get; init; }

    /// <summary>Only paths of the peer with this name.</summary>
    public string? Peer { get; init; }
}
