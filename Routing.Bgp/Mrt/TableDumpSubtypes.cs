using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Mrt;

/// <summary>What a subtype says of the record.</summary>
internal static class TableDumpSubtypes
{
    /// <summary>The subtype of a family's records.</summary>
    public static TableDumpSubtype For(AfiSafi family, bool addPath) => (family, addPath) switch
    {
        (AfiSafi.IPv4Unicast, false) => TableDumpSubtype.RibIPv4Unicast,
        (AfiSafi.IPv4Unicast, true) => TableDumpSubtype.RibIPv4UnicastAddPath,
        (_, false) => TableDumpSubtype.RibIPv6Unicast,
        _ => TableDumpSubtype.RibIPv6UnicastAddPath,
    };

    /// <summary>Reads a subtype.</summary>
    /// <returns>False for one that holds no unicast routes.</returns>
    public static bool TrySplit(this TableDumpSubtype subtype, out AfiSafi family, out bool addPath)
    {
        addPath = subtype is TableDumpSubtype.RibIPv4UnicastAddPath or TableDumpSubtype.RibIPv6UnicastAddPath;
        family = subtype is TableDumpSubtype.RibIPv4Unicast or TableDumpSubtype.RibIPv4UnicastAddPath
            ? AfiSafi.IPv4Unicast
            : AfiSafi.IPv6Unicast;
        return addPath || subtype is TableDumpSubtype.RibIPv4Unicast or TableDumpSubtype.RibIPv6Unicast;
    }
}
