using Routing.Policy.Model;

namespace Routing.Policy.Controller;

/// <summary>A rule in the object that it comes from.</summary>
/// <param name="Policy">The object.</param>
/// <param name="Field">Where it stands there, as in "spec.ingress[0]".</param>
public sealed record RuleOrigin(PolicyKey Policy, string Field);
