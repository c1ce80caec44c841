using System.Net;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.RoutePolicy.AsPaths;
using Routing.Bgp.RoutePolicy.Sets;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Agent.BgpConfig.Filters;

/// <summary>Reads the conditions of a rule.</summary>
internal static class MatchReader
{
    private const string AsnRanges = "AS numbers or ranges of them, as in [65000, 65010-65020]";

    private static readonly Dictionary<string, MatchOperator> Operators = new()
    {
        ["Equal"] = new(IsExact: true, IsNegated: false),
        ["NotEqual"] = new(IsExact: true, IsNegated: true),
        ["In"] = new(IsExact: false, IsNegated: false),
        ["NotIn"] = new(IsExact: false, IsNegated: true),
    };

    private static readonly Dictionary<string, RouteSource> Sources = new()
    {
        ["RemotePeers"] = RouteSource.RemotePeers,
        ["ExternalPeers"] = RouteSource.ExternalPeers,
        ["InternalPeers"] = RouteSource.InternalPeers,
        ["Local"] = RouteSource.Local,
    };

    private static readonly Dictionary<string, PeerKind> PeerKinds = new()
    {
        ["eBGP"] = PeerKind.External,
        ["iBGP"] = PeerKind.Internal,
    };

    private static readonly Dictionary<string, CommunityQuantifier> Quantifiers = new()
    {
        ["Any"] = CommunityQuantifier.Any,
        ["All"] = CommunityQuantifier.All,
        ["None"] = CommunityQuantifier.None,
    };

    private static readonly Dictionary<string, OriginValidity> OriginStates = new()
    {
        ["Valid"] = OriginValidity.Valid,
        ["Invalid"] = OriginValidity.Invalid,
        ["NotFound"] = OriginValidity.NotFound,
    };

    private static readonly Dictionary<string, PathValidity> PathStates = new()
    {
        ["Valid"] = PathValidity.Valid,
        ["Invalid"] = PathValidity.Invalid,
        ["Unknown"] = PathValidity.Unknown,
    };

    /// <summary>Values of ORIGIN by the names that filters use.</summary>
    public static Dictionary<string, RouteOrigin> Origins { get; } = new()
    {
        ["IGP"] = RouteOrigin.Igp,
        ["EGP"] = RouteOrigin.Egp,
        ["Incomplete"] = RouteOrigin.Incomplete,
    };

    /// <summary>Reads the conditions.</summary>
    public static RouteMatch Read(FieldReader rule, AfiSafi family, FilterSets sets) => new()
    {
        Prefix = ReadPrefix(rule, family, sets),
        Source = rule.Word("source", Sources),
        PeerKind = rule.Word("peerType", PeerKinds),
        Interface = rule.Text("interface"),
        Communities = ReadCommunities(rule, sets),
        AsPath = ReadAsPath(rule, sets),
        NextHops = ReadNextHops(rule),
        Med = rule.Range("med"),
        LocalPref = rule.Range("localPreference"),
        Origins = rule.Words("origin", Origins),
        Priority = rule.Range("priority"),
        OriginValidation = rule.Words("originValidation", OriginStates),
        PathVerification = rule.Words("aspaValidation", PathStates),
    };

    private static PrefixCondition? ReadPrefix(FieldReader rule, AfiSafi family, FilterSets sets)
    {
        var match = rule.Word("matchOperator", Operators);
        var cidr = rule.Prefix("cidr");
        if (cidr is { } prefix && prefix.Family != family)
        {
            rule.Report("cidr", $"{prefix}", family == AfiSafi.IPv4Unicast ? "an IPv4 prefix here" : "an IPv6 prefix here");
            cidr = null;
        }

        var set = sets.Prefixes(rule, "prefixSet");
        if (rule.Has("prefixSet"))
        {
            return ReadSet(rule, set, match);
        }

        if (rule.Has("cidr") != rule.Has("matchOperator"))
        {
            rule.Report(rule.Has("cidr") ? "matchOperator" : "cidr", "", "cidr and matchOperator come together");
        }

        if (cidr is null && !rule.Has("prefixLength"))
        {
            return null;
        }

        // Lengths without a prefix are those of any prefix.
        var any = Prefix.Create(family, 0, 0);
        var range = FilterSets.Range(rule, cidr ?? any, match?.IsExact ?? false);
        return new PrefixCondition([range], match?.IsNegated ?? false);
    }

    private static PrefixCondition? ReadSet(FieldReader rule, Sequence<PrefixRange>? set, MatchOperator? match)
    {
        foreach (var field in new[] { "cidr", "prefixLength" })
        {
            if (rule.Has(field))
            {
                rule.Object("prefixLength");
                rule.Report(field, "", "either prefixSet, or cidr with prefixLength");
            }
        }

        if (match is { IsExact: true })
        {
            rule.Report("matchOperator", rule.Text("matchOperator")!, "In or NotIn beside prefixSet; In when it is left out");
        }

        return set is null ? null : new PrefixCondition(set.Value, match?.IsNegated ?? false, rule.Text("prefixSet"));
    }

    private static CommunityCondition? ReadCommunities(FieldReader rule, FilterSets sets)
    {
        if (rule.Object("communities") is not { } item)
        {
            return null;
        }

        Sequence<CommunityPattern> patterns = [.. FilterSets.Patterns(item, "values"), .. sets.Communities(item)];
        if (!item.Has("values") && !item.Has("sets"))
        {
            item.Report("values", "", CommunityPattern.Allowed);
        }

        var quantifier = item.Word("match", Quantifiers) ?? CommunityQuantifier.Any;
        item.End();
        return new CommunityCondition(patterns, quantifier);
    }

    private static AsPathCondition? ReadAsPath(FieldReader rule, FilterSets sets)
    {
        var prefix = rule.Asns("asPathPrefix", 64);
        var item = rule.Object("asPath");
        if (item is null)
        {
            return prefix.IsEmpty ? null : new AsPathCondition { Prefix = prefix };
        }

        var condition = new AsPathCondition
        {
            Prefix = prefix,
            Patterns = [.. FilterSets.Expressions(item, "patterns"), .. sets.AsPaths(item)],
            OriginAsns = item.Ranges("originAS", AsnRanges),
            NeighborAsns = item.Ranges("neighborAS", AsnRanges),
            Length = item.Range("length"),
        };
        item.End();
        if (condition == new AsPathCondition { Prefix = prefix } && !item.HasProblem)
        {
            rule.Report("asPath", "{}", "at least one of patterns, sets, originAS, neighborAS, length");
        }

        return condition;
    }

    private static Sequence<Prefix> ReadNextHops(FieldReader rule)
    {
        var prefixes = new List<Prefix>();
        const string Field = "nextHop";
        const string Allowed = "addresses and prefixes, as in [192.0.2.1, 10.0.0.0/24]";
        foreach (var (index, text) in (rule.Scalars(Field, Allowed) ?? []).Index())
        {
            if (Prefix.TryParse(text, out var prefix))
            {
                prefixes.Add(prefix);
            }
            else if (IPAddress.TryParse(text, out var address))
            {
                var family = Prefix.FamilyOf(address);
                prefixes.Add(Prefix.Create(family, Prefix.ToInteger(address), family == AfiSafi.IPv4Unicast ? 32 : 128));
            }
            else
            {
                rule.Report($"{Field}[{index}]", text, Allowed);
            }
        }

        return [.. prefixes];
    }

    private readonly record struct MatchOperator(bool IsExact, bool IsNegated);
}
