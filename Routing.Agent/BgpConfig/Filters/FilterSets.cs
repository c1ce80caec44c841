using Routing.Bgp.RoutePolicy;
using Routing.Bgp.RoutePolicy.AsPaths;
using Routing.Bgp.RoutePolicy.Sets;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Agent.BgpConfig.Filters;

/// <summary>The named sets of a BGPFilter.</summary>
internal sealed class FilterSets
{
    private readonly Dictionary<string, Sequence<PrefixRange>> _prefixes = [];
    private readonly Dictionary<string, Sequence<CommunityPattern>> _communities = [];
    private readonly Dictionary<string, Sequence<AsPathPattern>> _asPaths = [];

    private FilterSets()
    {
    }

    /// <summary>Reads them.</summary>
    public static FilterSets Read(FieldReader spec)
    {
        var sets = new FilterSets();
        ReadSets(spec, "prefixSets", sets._prefixes, ReadPrefixes);
        ReadSets(spec, "communitySets", sets._communities, static item => Patterns(item, "values"));
        ReadSets(spec, "asPathSets", sets._asPaths, static item => Expressions(item, "patterns"));
        return sets;
    }

    /// <summary>The prefixes of a set that a rule names; null when there is no such set.</summary>
    public Sequence<PrefixRange>? Prefixes(FieldReader rule, string field) =>
        rule.Text(field) is { } name ? Find(rule, field, name, _prefixes, "prefixSets") : null;

    /// <summary>The patterns of all sets that an object names.</summary>
    public IEnumerable<CommunityPattern> Communities(FieldReader item) => All(item, _communities, "communitySets");

    /// <summary>The expressions of all sets that an object names.</summary>
    public IEnumerable<AsPathPattern> AsPaths(FieldReader item) => All(item, _asPaths, "asPathSets");

    /// <summary>Community patterns in a list.</summary>
    public static Sequence<CommunityPattern> Patterns(FieldReader item, string field) => new(
        item.List(field, CommunityPattern.Allowed, static text =>
            CommunityPattern.TryParse(text, out var pattern, out _) ? pattern : null) ?? []);

    /// <summary>Expressions over AS paths in a list; each that is wrong is reported with its own reason.</summary>
    public static Sequence<AsPathPattern> Expressions(FieldReader item, string field)
    {
        var expressions = new List<AsPathPattern>();
        foreach (var (index, text) in (item.Scalars(field, "an expression over AS numbers, as in ^65000_") ?? []).Index())
        {
            if (AsPathPattern.TryParse(text, out var expression, out var error))
            {
                expressions.Add(expression);
            }
            else
            {
                item.Report($"{field}[{index}]", text, error);
            }
        }

        return [.. expressions];
    }

    /// <summary>The bounds of a prefix's length that stand beside it.</summary>
    public static PrefixRange Range(FieldReader item, Prefix prefix, bool isExact)
    {
        var lengths = item.Object("prefixLength");
        var (min, max) = ((int?)lengths?.Integer("min", 0, prefix.Width), (int?)lengths?.Integer("max", 0, prefix.Width));
        var least = Math.Max(min ?? 0, prefix.Length);
        var greatest = isExact ? Math.Min(max ?? prefix.Length, prefix.Length) : max ?? prefix.Width;
        if (min > max)
        {
            lengths!.Report("min", $"{min}", $"at most max, which is {max}");
        }
        else if (least > greatest)
        {
            lengths!.Report(max < prefix.Length ? "max" : "min", $"{max ?? min}", $"lengths that a prefix in {prefix} can have here");
        }

        lengths?.End();
        return new PrefixRange(prefix, (byte)least, (byte)greatest);
    }

    private static void ReadSets<T>(
        FieldReader spec, string field, Dictionary<string, Sequence<T>> sets, Func<FieldReader, Sequence<T>> read)
    {
        foreach (var item in spec.Objects(field))
        {
            item.Require("name", "the name by which rules know the set");
            var name = item.Text("name") ?? "";
            var content = read(item);
            if (name.Length > 0 && !sets.TryAdd(name, content))
            {
                item.Report("name", name, "a name that no other set of the list has");
            }

            item.End();
        }
    }

    private static Sequence<PrefixRange> ReadPrefixes(FieldReader item)
    {
        item.Require("prefixes", "a list, as in [{cidr: 10.0.0.0/8, prefixLength: {max: 24}}]");
        var ranges = new List<PrefixRange>();
        foreach (var entry in item.Objects("prefixes"))
        {
            entry.Require("cidr", "a prefix, as in 10.0.0.0/8");
            if (entry.Prefix("cidr") is { } prefix)
            {
                ranges.Add(Range(entry, prefix, isExact: !entry.Has("prefixLength")));
            }

            entry.End();
        }

        return [.. ranges];
    }

    private static IEnumerable<T> All<T>(FieldReader item, Dictionary<string, Sequence<T>> sets, string list)
    {
        const string Field = "sets";
        foreach (var (index, name) in (item.Scalars(Field, $"the name of a set in spec.{list}") ?? []).Index())
        {
            foreach (var one in Find(item, $"{Field}[{index}]", name, sets, list) ?? [])
            {
                yield return one;
            }
        }
    }

    private static Sequence<T>? Find<T>(
        FieldReader item, string field, string name, Dictionary<string, Sequence<T>> sets, string list)
    {
        if (sets.TryGetValue(name, out var found))
        {
            return found;
        }

        var known = sets.Count == 0 ? "there is none" : string.Join(", ", sets.Keys.Order(StringComparer.Ordinal));
        item.Report(field, name, $"the name of a set in spec.{list}: {known}");
        return null;
    }
}
