using Routing.Bgp.Rib.Export;
using Routing.Bgp.Speaker;

namespace Routing.Agent.BgpConfig;

/// <summary>Reads what a neighbour is sent beside the path, and what its attributes may make us do.</summary>
internal static class AttributeReader
{
    private const string NextHopField = "nextHopMode";
    private const string KeepField = "keepOriginalNextHop";

    private static readonly Dictionary<string, NextHopMode> NextHopModes = new()
    {
        ["Auto"] = NextHopMode.Auto,
        ["Self"] = NextHopMode.Self,
        ["Keep"] = NextHopMode.Keep,
    };

    private static readonly Dictionary<string, SentCommunities> Kinds = new()
    {
        ["standard"] = SentCommunities.Standard,
        ["extended"] = SentCommunities.Extended,
        ["large"] = SentCommunities.Large,
    };

    /// <summary>Reads the fields.</summary>
    public static AttributeOptions Read(FieldReader spec)
    {
        var defaults = new AttributeOptions();
        return new AttributeOptions
        {
            NextHop = ReadNextHop(spec),
            SendCommunities = ReadCommunities(spec) ?? defaults.SendCommunities,
            Aigp = spec.Boolean("aigp"),
            AigpCost = (uint?)spec.Integer("aigpCost", 0, uint.MaxValue) ?? defaults.AigpCost,
            HonourGracefulShutdown = spec.Boolean("acceptGracefulShutdown") ?? defaults.HonourGracefulShutdown,
            HonourBlackhole = spec.Boolean("acceptBlackhole") ?? defaults.HonourBlackhole,
            MaximumUnknownAttributes =
                (int?)spec.Integer("maxUnknownAttributes", 0, byte.MaxValue) ?? defaults.MaximumUnknownAttributes,
        };
    }

    /// <summary>Calico's older way to say Keep is keepOriginalNextHop: true.</summary>
    private static NextHopMode ReadNextHop(FieldReader spec)
    {
        var mode = spec.Word(NextHopField, NextHopModes);
        var keep = spec.Boolean(KeepField) ?? false;
        if (keep && mode is not null and not NextHopMode.Keep)
        {
            spec.Report(KeepField, "true", $"false, or leave it out, beside {NextHopField}: {mode}");
        }

        return mode ?? (keep ? NextHopMode.Keep : NextHopMode.Auto);
    }

    private static SentCommunities? ReadCommunities(FieldReader spec)
    {
        var names = spec.List<string>(
            "sendCommunities", string.Join(" or ", Kinds.Keys), static text => Kinds.ContainsKey(text) ? text : null);
        return names?.Aggregate(SentCommunities.None, (kinds, name) => kinds | Kinds[name]);
    }
}
