using Routing.Policy.Model;

namespace Routing.Agent.Flows;

/// <summary>Who decided.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Field">The rule in it, as in "spec.ingress[0]"; empty where the policy isolates and no rule matched.</param>
internal sealed record FlowRule(PolicyKey Policy, string Field)
{
    /// <inheritdoc/>
    public override string ToString() => Field.Length == 0 ? Policy.ToString() : $"{Policy} at {Field}";
}
