using Routing.Policy.Model;

namespace Routing.Policy.Reference;

/// <summary>One reason of a verdict.</summary>
/// <param name="Side">Whose policies were asked: the receiver's (ingress) or the sender's (egress).</param>
/// <param name="End">That end, as in the flow.</param>
/// <param name="Code">Why.</param>
/// <param name="Policy">The policy that decides, passes or isolates; null when none has a part in it.</param>
/// <param name="Field">The rule in it that matches, as in "spec.ingress[0]"; null when it is no rule's doing.</param>
public sealed record Reason(Direction Side, string End, ReasonCode Code, PolicyKey? Policy = null, string? Field = null)
{
    /// <summary>True when this is a reason to deny.</summary>
    public bool Denies => Code is ReasonCode.DeniedByRule or ReasonCode.Isolated or ReasonCode.Finished or ReasonCode.NoCommonFamily;

    /// <summary>A sentence for people.</summary>
    public override string ToString()
    {
        var side = Side == Direction.Ingress ? "ingress to" : "egress from";
        return Code switch
        {
            ReasonCode.AllowedByRule => $"{side} {End} is allowed by {Policy} at {Field}",
            ReasonCode.DeniedByRule => $"{side} {End} is denied by {Policy} at {Field}",
            ReasonCode.PassedByRule => $"{side} {End} is left to the next tier by {Policy} at {Field}",
            ReasonCode.NotIsolated => $"{side} {End} is allowed: no policy isolates the pod",
            ReasonCode.Isolated => $"{side} {End} is denied: {Policy} isolates the pod and no rule allows the flow",
            ReasonCode.SamePod => $"{side} {End} is allowed: a pod may always reach itself",
            ReasonCode.OwnNode => $"{side} {End} is allowed: a node may always reach its own pods",
            ReasonCode.NotAPod => $"{side} {End} is allowed: it is no pod that policies select",
            ReasonCode.Finished => $"{side} {End} is denied: the pod has finished, its addresses are nobody's",
            _ => $"{side} {End} is denied: the ends have no IP version in common",
        };
    }
}
