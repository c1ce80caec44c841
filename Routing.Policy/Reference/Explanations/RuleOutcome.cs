namespace Routing.Policy.Reference.Explanations;

/// <summary>What a rule makes of a flow.</summary>
public enum RuleOutcome
{
    /// <summary>It matches and decides, alone or with others that say the same.</summary>
    Decides,

    /// <summary>It matches, after another rule has decided.</summary>
    TooLate,

    /// <summary>It matches and writes the flow down; the next rule is asked.</summary>
    Logs,

    /// <summary>One of its conditions does not hold.</summary>
    NoMatch,
}
