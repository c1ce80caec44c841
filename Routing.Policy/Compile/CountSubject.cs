using Routing.Policy.Model;

namespace Routing.Policy.Compile;

/// <summary>What packets are counted for: a rule of a policy or, without a policy, what a tier says of those that none of its rules
/// matches. Wherever on a node it is asked, it is one.</summary>
/// <param name="Tier">The tier's name.</param>
/// <param name="Direction">To the pods or host endpoints, or from them.</param>
/// <param name="Layer">Of a host endpoint: where on the packets' way; null for pods.</param>
/// <param name="Policy">The policy; null for the tier's end.</param>
/// <param name="Field">Where the rule stands in it, as in "spec.ingress[0]"; null for the tier's end.</param>
/// <param name="Verdict">What is said.</param>
public sealed record CountSubject(
    string Tier, Direction Direction, HostLayer? Layer, PolicyKey? Policy, string? Field, CountedVerdict Verdict);

/// <summary>What is said of packets that are counted.</summary>
public enum CountedVerdict
{
    /// <summary>Allowed, and no later tier is asked.</summary>
    Allow,

    /// <summary>Denied.</summary>
    Deny,

    /// <summary>Left to the next tier, which counts them again.</summary>
    Pass,

    /// <summary>Allowed, and denied if staged policies were enforced.</summary>
    Staged,
}
