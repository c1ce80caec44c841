using System.Collections.Immutable;
using Routing.Policy.Model;

namespace Routing.Policy.Reference.Explanations;

/// <summary>What the policies of one end of a flow say of it.</summary>
/// <param name="Side">Egress: the sender's; ingress: the receiver's.</param>
/// <param name="End">The end, as in the flow.</param>
/// <param name="Reasons">The evaluator's reasons for this side.</param>
/// <param name="Tiers">Tiers with policies that select the pod and speak of this direction, in the order asked; empty when the
/// side is decided without any.</param>
/// <param name="Silent">Policies that select the pod and say nothing of this direction.</param>
public sealed record SideExplanation(
    Direction Side,
    string End,
    ImmutableArray<Reason> Reasons,
    ImmutableArray<TierStep> Tiers,
    ImmutableArray<PolicyKey> Silent)
{
    /// <summary>Of a host endpoint, which is then the end: where on the packets' way; null for a pod or an address.</summary>
    public HostLayer? Layer { get; init; }

    /// <summary>True when this side lets the flow through.</summary>
    public bool Allowed => !Reasons.Any(reason => reason.Denies);
}
