namespace Routing.Agent.Dataplane.Live;

/// <summary>What one rule that decides has counted.</summary>
/// <param name="Identity">The rule's own as long as it is not written anew.</param>
/// <param name="Direction">"ingress" or "egress".</param>
/// <param name="Verdict">What it does: "allow", "deny", "pass" (left to the next tier), "staged" (allowed, and staged policies would
/// deny it), "resumed" (dropped, because policies may have ended its connection).</param>
/// <param name="Count">Since it was written.</param>
public sealed record RuleTally(string Identity, string Direction, string Verdict, KernelCount Count);
