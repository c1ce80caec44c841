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
    /// <summary>Where a host endpoint was asked, which is then the end; null for a pod or an address.</summary>
    public HostLayer? Layer { get; init; }

    /// <summary>True when this is a reason to deny.</summary>
    public bool Denies => Code is ReasonCode.DeniedByRule or ReasonCode.Isolated or ReasonCode.Finished
        or ReasonCode.NoCommonFamily or ReasonCode.ClosedHost;

    /// <summary>Where it was asked, in words before the end's name.</summary>
    public static string Place(Direction side, HostLayer? layer) => (layer, side) switch
    {
        (null, Direction.Ingress) => "ingress to",
        (null, _) => "egress from",
        (HostLayer.Untracked, Direction.Ingress) => "ingress before tracking to host endpoint",
        (HostLayer.Untracked, _) => "egress before tracking from host endpoint",
        (HostLayer.PreDnat, _) => "ingress before translation to host endpoint",
        (HostLayer.Forward, Direction.Ingress) => "forwarding in by host endpoint",
        (HostLayer.Forward, _) => "forwarding out by host endpoint",
        (_, Direction.Ingress) => "ingress to host endpoint",
        _ => "egress from host endpoint",
    };

    /// <summary>A sentence for people.</summary>
    public override string ToString()
    {
        var side = Place(Side, Layer);
        var kind = Layer is null ? "pod" : "host endpoint";
        return Code switch
        {
            ReasonCode.AllowedByRule => $"{side} {End} is allowed by {Policy} at {Field}",
            ReasonCode.DeniedByRule => $"{side} {End} is denied by {Policy} at {Field}",
            ReasonCode.PassedByRule => $"{side} {End} is left to the next tier by {Policy} at {Field}",
            ReasonCode.NotIsolated => $"{side} {End} is allowed: no policy isolates the {kind}",
            ReasonCode.Isolated => $"{side} {End} is denied: {Policy} isolates the {kind} and no rule allows the flow",
            ReasonCode.SamePod => $"{side} {End} is allowed: a pod may always reach itself",
            ReasonCode.OwnNode => $"{side} {End} is allowed: a node may always reach its own pods",
            ReasonCode.NotAPod => $"{side} {End} is allowed: it is no pod that policies select",
            ReasonCode.Failsafe => $"{side} {End} is allowed: a fail-safe port",
            ReasonCode.ClosedHost => $"{side} {End} is denied: no policy allows it",
            ReasonCode.Finished => $"{side} {End} is denied: the pod has finished, its addresses are nobody's",
            _ => $"{side} {End} is denied: the ends have no IP version in common",
        };
    }
}
