namespace Routing.Policy.Model;

/// <summary>One rule of a policy: flows with one of the peers at one of the ports.</summary>
/// <param name="Verdict">What it says of them.</param>
/// <param name="Peers">Alternatives; empty for any peer.</param>
/// <param name="Ports">Alternatives; empty for every port of every protocol.</param>
/// <param name="Field">Where it stands in its object, as in "spec.ingress[0]".</param>
public sealed record RuleSpec(
    RuleVerdict Verdict, EquatableArray<PeerSpec> Peers, EquatableArray<PortSpec> Ports, string Field);
