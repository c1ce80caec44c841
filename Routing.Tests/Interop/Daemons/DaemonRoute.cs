namespace Routing.Tests.Interop.Daemons;

/// <summary>A path that a daemon learned.</summary>
internal sealed record DaemonRoute(string Prefix, string NextHop)
{
    public string AsPath { get; init; } = "";

    public string Originator { get; init; } = "";

    public string Clusters { get; init; } = "";
}
