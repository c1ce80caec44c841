namespace Routing.Tests.Interop.Daemons;

/// <summary>A path that a daemon learned.</summary>
internal sealed record DaemonRoute(string Prefix, string NextHop)
{
    public string AsPath { get; init; } = "";

    public string Originator { get; init; } = "";

    public string Clusters { get; init; } = "";

    /// <summary>All that the daemon says of the path, in its own words; no part of what makes two routes equal.</summary>
    public string Detail { get; init; } = "";

    public bool Equals(DaemonRoute? other) => other is not null && Prefix == other.Prefix && NextHop == other.NextHop
        && AsPath == other.AsPath && Originator == other.Originator && Clusters == other.Clusters;

    public override int GetHashCode() => HashCode.Combine(Prefix, NextHop, AsPath);
}
