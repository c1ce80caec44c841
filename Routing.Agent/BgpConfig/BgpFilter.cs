using Routing.Bgp.RoutePolicy;

namespace Routing.Agent.BgpConfig;

/// <summary>A BGPFilter: the rules of both families in one list for each direction. A rule of one family never matches a
/// prefix of the other.</summary>
/// <param name="Name">metadata.name.</param>
/// <param name="Import">importV4 and importV6.</param>
/// <param name="Export">exportV4 and exportV6.</param>
internal sealed record BgpFilter(string Name, RouteFilter Import, RouteFilter Export)
{
    /// <summary>The same filter with the place of every rule in its file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="lineOf">The line of a field.</param>
    public BgpFilter In(string file, Func<string, int> lineOf)
    {
        RouteFilter Located(RouteFilter filter) => new([.. filter.Rules.Select(rule => rule with
        {
            Place = rule.Place! with { File = file, Line = lineOf($"spec.{rule.Place.List}[{rule.Place.Index}]") },
        })]);
        return this with { Import = Located(Import), Export = Located(Export) };
    }
}
