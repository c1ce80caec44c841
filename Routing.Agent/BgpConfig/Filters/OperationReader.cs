using System.Net;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.RoutePolicy.Sets;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Agent.BgpConfig.Filters;

/// <summary>Reads the operations of a rule: a list of objects with one field each, the operation.</summary>
internal static class OperationReader
{
    /// <summary>Our AS number or a neighbour's in front of a path more often than this helps nobody.</summary>
    private const int MostPrepended = 64;

    private const string Self = "Self";
    private const string Peer = "Peer";
    private const string Unchanged = "Unchanged";

    private delegate RouteOperation? Reader(FieldReader item, Context context);

    private static readonly Dictionary<string, Reader> Readers = new()
    {
        ["addCommunity"] = static (item, _) => Values(item, "value") is { } value ? new RouteOperation.AddCommunities(value) : null,
        ["setCommunities"] = static (item, _) => Values(item, "values") is { } values ? new RouteOperation.SetCommunities(values) : null,
        ["deleteCommunities"] = static (item, context) => DeleteCommunities(item, context),
        ["setLocalPreference"] = static (item, _) => new RouteOperation.SetLocalPref(Number(item)),
        ["addLocalPreference"] = static (item, _) => new RouteOperation.AddLocalPref(Change(item)),
        ["setMED"] = static (item, _) => new RouteOperation.SetMed(Number(item)),
        ["addMED"] = static (item, _) => new RouteOperation.AddMed(Change(item)),
        ["removeMED"] = static (_, _) => new RouteOperation.RemoveMed(),
        ["setOrigin"] = static (item, _) => Origin(item),
        ["prependASPath"] = static (item, _) => Prepend(item),
        ["setNextHop"] = static (item, context) => NextHop(item, context),
        ["setAIGP"] = static (item, _) => new RouteOperation.SetAigp((ulong)Required(item, 0, long.MaxValue)),
        ["removeAIGP"] = static (_, _) => new RouteOperation.RemoveAigp(),
        ["setWeight"] = static (item, _) => new RouteOperation.SetWeight(Number(item)),
        ["setPriority"] = static (item, _) => new RouteOperation.SetPriority((uint)Required(item, 1, 2147483646)),
    };

    /// <summary>Reads them.</summary>
    public static IEnumerable<RouteOperation> Read(FieldReader rule, AfiSafi family, FilterSets sets, bool isExport)
    {
        const string Field = "operations";
        foreach (var item in rule.Objects(Field))
        {
            var said = Readers.Keys.Where(item.Has).ToList();
            foreach (var name in Readers.Keys)
            {
                if (item.Object(name) is not { } operation)
                {
                    continue;
                }

                if (Readers[name](operation, new Context(family, sets, isExport)) is { } read)
                {
                    yield return read;
                }

                operation.End();
            }

            item.End();
            if (said.Count != 1 && !item.HasProblem)
            {
                item.Report("", string.Join(", ", said), $"one operation in each entry of {Field}: {string.Join(", ", Readers.Keys)}");
            }
        }
    }

    private static Sequence<CommunityValue>? Values(FieldReader item, string field)
    {
        item.Require(field, CommunityValue.Allowed);
        var texts = field == "value" ? item.Text(field) is { } one ? [one] : [] : item.Scalars(field, CommunityValue.Allowed) ?? [];
        var values = new List<CommunityValue>();
        foreach (var (index, text) in texts.Index())
        {
            if (CommunityValue.TryParse(text, out var value))
            {
                values.Add(value);
            }
            else
            {
                item.Report(field == "value" ? field : $"{field}[{index}]", text, CommunityValue.Allowed);
            }
        }

        return values.Count == 0 ? null : [.. values];
    }

    private static RouteOperation.DeleteCommunities DeleteCommunities(FieldReader item, Context context)
    {
        if (!item.Has("values") && !item.Has("sets"))
        {
            item.Report("values", "", CommunityPattern.Allowed);
        }

        return new([.. FilterSets.Patterns(item, "values"), .. context.Sets.Communities(item)]);
    }

    private static RouteOperation.SetOrigin Origin(FieldReader item)
    {
        item.Require("value", $"one of {string.Join(", ", MatchReader.Origins.Keys)}");
        return new(item.Word("value", MatchReader.Origins) ?? RouteOrigin.Igp);
    }

    private static RouteOperation? Prepend(FieldReader item)
    {
        if (item.Has("prefix") == item.Has("count"))
        {
            item.Asns("prefix", MostPrepended);
            item.Integer("count", 1, MostPrepended);
            item.Report(
                "prefix", item.Has("prefix") ? "both" : "", "either prefix, a list of AS numbers, or count, how often our own goes in front");
            return null;
        }

        var prefix = item.Asns("prefix", MostPrepended);
        var count = item.Integer("count", 1, MostPrepended);
        return count is null ? new RouteOperation.PrependAsPath(prefix) : new RouteOperation.PrependOwnAs((int)count);
    }

    private static RouteOperation? NextHop(FieldReader item, Context context)
    {
        var special = context.IsExport ? $"{Self} or {Unchanged}" : $"{Self} or {Peer}";
        var family = context.Family == AfiSafi.IPv4Unicast ? "IPv4" : "IPv6";
        var allowed = $"an {family} address, {special}";
        item.Require("value", allowed);
        switch (item.Text("value"))
        {
            case null:
                return null;
            case Self:
                return new RouteOperation.SetNextHopSelf();
            case Peer when !context.IsExport:
                return new RouteOperation.SetNextHopPeer();
            case Unchanged when context.IsExport:
                return new RouteOperation.KeepNextHop();
            case var text when IPAddress.TryParse(text, out var address) && Prefix.FamilyOf(address) == context.Family:
                return new RouteOperation.SetNextHop(address);
            case var text:
                item.Report("value", text, allowed);
                return null;
        }
    }

    private static uint Number(FieldReader item) => (uint)Required(item, 0, uint.MaxValue);

    private static long Change(FieldReader item) => Required(item, -(long)uint.MaxValue, uint.MaxValue);

    private static long Required(FieldReader item, long least, long greatest)
    {
        item.Require("value", $"a whole number from {least} to {greatest}");
        return item.Integer("value", least, greatest) ?? least;
    }

    private readonly record struct Context(AfiSafi Family, FilterSets Sets, bool IsExport);
}
