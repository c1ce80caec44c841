using Routing.Policy.Compile;
using Routing.Policy.Model;

namespace Routing.Policy.Controller;

/// <summary>Why some endpoints are closed further than their policies say.</summary>
/// <param name="Direction">To them, or from them.</param>
/// <param name="Layer">Of host endpoints: where on the packets' way; null for pods.</param>
/// <param name="Policies">Those that are not done as they say.</param>
/// <param name="Defect">Why they could not be compiled at all: they make too much, or our mistake; null where their rules would be nested deeper than
/// kernels take.</param>
public sealed record ProfileFault(Direction Direction, HostLayer? Layer, EquatableArray<PolicyKey> Policies, Exception? Defect)
{
    /// <summary>"ingress", "egress of host endpoints (Forward)".</summary>
    public string Side => $"{(Direction == Direction.Ingress ? "ingress" : "egress")}{(Layer is { } layer ? $" of host endpoints ({layer})" : "")}";

    /// <summary>What is wrong, and what comes of it.</summary>
    public string Reason => Defect switch
    {
        null => "not asked behind so many tiers and rules with source ports: what would come to it is denied",
        TooManyElementsException => $"its rules make {Defect.Message}: whom it selects is closed",
        _ => "could not be compiled, which is a defect of this program: whom it selects is closed",
    };

    /// <summary>The same for what is one thing to people: a defect may show in several profiles of the same policies.</summary>
    public override string ToString() => $"{Side} by {string.Join(", ", Policies)}: {Reason}";
}
