namespace Routing.Bgp.RoutePolicy;

/// <summary>What becomes of a route that a rule matches.</summary>
public enum RuleAction
{
    /// <summary>It passes, as changed so far.</summary>
    Accept,

    /// <summary>It does not pass.</summary>
    Reject,

    /// <summary>The rules after this one decide; they see what this one has changed.</summary>
    Next,
}
