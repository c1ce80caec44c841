using Routing.Bgp.Rib.Tables;

namespace Routing.Bgp.Rib.Decision;

/// <summary>A path with all that is compared, for the reference process and for explanations.</summary>
/// <param name="Path">Index in the path table, or any number by which the caller knows the path.</param>
/// <param name="Source">Its peer.</param>
/// <param name="Inputs">Its attributes.</param>
/// <param name="PathId">The peer's identifier of it (RFC 7911).</param>
internal sealed record Candidate(int Path, PathSource Source, DecisionInputs Inputs, uint PathId = 0)
{
    /// <summary>AIGP with our cost to the peer added (RFC 7311 §4.1); null for a path without.</summary>
    public ulong? Aigp { get; init; }

    /// <summary>Interior cost of its next hop.</summary>
    public uint InteriorCost { get; init; }
}
