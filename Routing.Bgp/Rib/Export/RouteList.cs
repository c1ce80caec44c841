namespace Routing.Bgp.Rib.Export;

/// <summary>Routes on their way into messages.</summary>
/// <param name="rows">Their prefixes.</param>
/// <param name="pathIds">Our identifiers of their paths (RFC 7911), one for each; empty to peers that take none.</param>
internal readonly ref struct RouteList(ReadOnlySpan<int> rows, ReadOnlySpan<uint> pathIds)
{
    public ReadOnlySpan<int> Rows { get; } = rows;

    public ReadOnlySpan<uint> PathIds { get; } = pathIds;

    public bool IsEmpty => Rows.IsEmpty;

    /// <summary>The list without its first routes.</summary>
    public RouteList From(int start) => new(Rows[start..], PathIds.IsEmpty ? [] : PathIds[start..]);
}
