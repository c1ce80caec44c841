using System.Collections.Frozen;

namespace Routing.Bgp.RoutePolicy.Sets;

/// <summary>Names of communities in IANA "BGP Well-known Communities" that this speaker's configuration knows.</summary>
public static class WellKnownCommunities
{
    /// <summary>Names to values.</summary>
    public static FrozenDictionary<string, uint> ByName { get; } = new Dictionary<string, uint>
    {
        ["graceful-shutdown"] = 0xFFFF0000, // RFC 8326
        ["accept-own"] = 0xFFFF0001, // RFC 7611
        ["llgr-stale"] = 0xFFFF0006, // RFC 9494
        ["no-llgr"] = 0xFFFF0007, // RFC 9494
        ["blackhole"] = 0xFFFF029A, // RFC 7999
        ["no-export"] = 0xFFFFFF01, // RFC 1997
        ["no-advertise"] = 0xFFFFFF02, // RFC 1997
        ["no-export-subconfed"] = 0xFFFFFF03, // RFC 1997
        ["no-peer"] = 0xFFFFFF04, // RFC 3765
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<uint, string> Names =
        ByName.ToFrozenDictionary(known => known.Value, known => known.Key);

    /// <summary>The name of a value, or null.</summary>
    public static string? NameOf(uint community) => Names.GetValueOrDefault(community);
}
