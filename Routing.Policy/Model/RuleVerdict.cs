namespace Routing.Policy.Model;

/// <summary>What a policy's rule says of the flows it matches. NetworkPolicy can only allow.</summary>
public enum RuleVerdict
{
    /// <summary>The flow is allowed, and no later tier is asked.</summary>
    Allow,
}
