namespace Routing.Bgp.RoutePolicy.Sets;

/// <summary>Subtypes of extended communities that have a name here (IANA "BGP Extended Communities").</summary>
internal static class ExtendedCommunities
{
    private static readonly (string Name, byte Subtype)[] Known =
    [
        ("rt", 0x02), // route target, RFC 4360 §4
        ("soo", 0x03), // route origin, RFC 4360 §5
        ("ro", 0x03),
    ];

    /// <summary>The subtype of a name, or null.</summary>
    public static byte? SubtypeOf(string name)
    {
        var found = Array.Find(Known, known => known.Name == name);
        return found.Name is null ? null : found.Subtype;
    }

    /// <summary>The name of a subtype, or null.</summary>
    public static string? NameOf(byte subtype) => Array.Find(Known, known => known.Subtype == subtype).Name;
}
