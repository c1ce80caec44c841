namespace Routing.Bgp.Speaker;

/// <summary>Which paths share the traffic with the best one, when <see cref="SpeakerConfig.MaximumPaths"/> allows
/// several.</summary>
public sealed record MultipathOptions
{
    /// <summary>Where the best path comes from another AS.</summary>
    public bool External { get; init; } = true;

    /// <summary>Where the best path comes from our own AS.</summary>
    public bool Internal { get; init; } = true;

    /// <summary>Paths from other ASes and from our own together.</summary>
    public bool Mixed { get; init; }

    /// <summary>AS paths need the same length only, not the same numbers: two ToRs of different ASes.</summary>
    public bool RelaxAsPath { get; init; } = true;

    /// <summary>In proportion to their link bandwidths, when all have one (draft-ietf-idr-link-bandwidth).</summary>
    public bool LinkBandwidth { get; init; } = true;
}
