using Routing.Bgp.RoutePolicy.AsPaths;

namespace Routing.Bgp.RoutePolicy.Reference;

/// <summary>Expressions over AS numbers as their syntax tells them: from a set of places in the path to the places behind
/// what matches there.</summary>
internal static class ReferenceExpression
{
    /// <summary>True when the expression matches anywhere in the path.</summary>
    public static bool Matches(AsPathNode root, IReadOnlyList<uint> asns) =>
        Behind(root, [.. Enumerable.Range(0, asns.Count + 1)], asns).Count > 0;

    private static HashSet<int> Behind(AsPathNode node, HashSet<int> places, IReadOnlyList<uint> asns)
    {
        switch (node)
        {
            case AsPathNode.Begin:
                return [.. places.Where(place => place == 0)];
            case AsPathNode.End:
                return [.. places.Where(place => place == asns.Count)];
            case AsPathNode.Asn asn:
                return [.. from place in places
                           where place < asns.Count && asn.Ranges.Any(range => range.Contains(asns[place]))
                           select place + 1];
            case AsPathNode.Concatenation concatenation:
                return concatenation.Parts.Aggregate(places, (reached, part) => Behind(part, reached, asns));
            case AsPathNode.Alternation alternation:
                return [.. alternation.Choices.SelectMany(choice => Behind(choice, places, asns))];
            case AsPathNode.Repetition repetition:
                return Repeat(repetition, places, asns);
            default:
                return places;
        }
    }

    private static HashSet<int> Repeat(AsPathNode.Repetition repetition, HashSet<int> places, IReadOnlyList<uint> asns)
    {
        for (var i = 0; i < repetition.Least; i++)
        {
            places = Behind(repetition.Part, places, asns);
        }

        // Past as many times as there are places nothing new is reached.
        var all = new HashSet<int>(places);
        var more = Math.Min((repetition.Most ?? int.MaxValue) - repetition.Least, asns.Count + 1);
        for (var i = 0; i < more; i++)
        {
            places = Behind(repetition.Part, places, asns);
            all.UnionWith(places);
        }

        return all;
    }
}
