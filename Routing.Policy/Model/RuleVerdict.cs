namespace Routing.Policy.Model;

/// <summary>What a policy's rule says of the flows it matches. In a tier the first rule that matches decides.
/// NetworkPolicy can only allow, so that there the order means nothing.</summary>
public enum RuleVerdict
{
    /// <summary>The flow is allowed, and no later tier is asked.</summary>
    Allow,

    /// <summary>The flow is denied, and no later tier is asked.</summary>
    Deny,

    /// <summary>This tier has nothing more to say of the flow: the next one is asked, and nothing isolates it here.</summary>
    Pass,

    /// <summary>The flow is written down, and the next rule is asked.</summary>
    Log,
}
