namespace Routing.Policy.Reference.Explanations;

/// <summary>What a tier makes of a flow.</summary>
public enum TierOutcome
{
    /// <summary>A rule allows it; later tiers are not asked.</summary>
    Allowed,

    /// <summary>A rule denies it; later tiers are not asked.</summary>
    Denied,

    /// <summary>A rule leaves it to the next tier.</summary>
    Passed,

    /// <summary>No rule matches, and the tier isolates the pod: denied.</summary>
    Isolated,

    /// <summary>No rule matches: the next tier is asked.</summary>
    NoMatch,

    /// <summary>An earlier tier has decided.</summary>
    NotAsked,
}
