using Routing.Policy.Rules;

namespace Routing.Policy.Model;

/// <summary>One rule of a policy: flows with one of the peers at one of the ports. Everything it says has to hold.</summary>
/// <param name="Verdict">What it says of them.</param>
/// <param name="Peers">Alternatives for the other end; empty for any.</param>
/// <param name="Ports">Alternatives for the destination's port; empty for every port of every protocol.</param>
/// <param name="Field">Where it stands in its object, as in "spec.ingress[0]".</param>
public sealed record RuleSpec(
    RuleVerdict Verdict, EquatableArray<PeerSpec> Peers, EquatableArray<PortSpec> Ports, string Field)
{
    /// <summary>Alternatives for the policy's own pod (the destination of an ingress rule, the source of an egress rule);
    /// empty for each pod that the policy selects.</summary>
    public EquatableArray<PeerSpec> Own { get; init; }

    /// <summary>The IP version; null for both.</summary>
    public IpFamily? Family { get; init; }

    /// <summary>Protocols and destination ports that the rule does not match.</summary>
    public EquatableArray<PortSpec> NotPorts { get; init; }

    /// <summary>Alternatives for the source's port; empty for every one.</summary>
    public EquatableArray<PortSpec> SourcePorts { get; init; }

    /// <summary>Source ports that the rule does not match.</summary>
    public EquatableArray<PortSpec> NotSourcePorts { get; init; }
}
