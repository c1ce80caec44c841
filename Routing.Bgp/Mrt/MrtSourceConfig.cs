using System.Net;

namespace Routing.Bgp.Mrt;

/// <summary>Routes out of an MRT file (RFC 6396), as if a neighbour had sent them: a table dump, an update log, or both
/// one after the other; gzip or not.</summary>
public sealed record MrtSourceConfig
{
    /// <summary>Stands where a neighbour's name stands; unique among sources and neighbours.</summary>
    public required string Name { get; init; }

    /// <summary>The file. Read once: when the speaker starts, or when this configuration is new.</summary>
    public required string File { get; init; }

    /// <summary>Only what the file has of the peer with this address. Null takes the first path of each prefix in a table
    /// dump, and every message in an update log.</summary>
    public IPAddress? Peer { get; init; }
}
