using System.Collections.Immutable;
using Routing.Policy.Rules;

namespace Routing.Policy.Reference.Explanations;

/// <summary>The way to the verdict over one IP version.</summary>
/// <param name="Family">The IP version; null when neither end has an address yet.</param>
/// <param name="From">The sender's address of it; null when it has none yet.</param>
/// <param name="To">The receiver's.</param>
/// <param name="Allowed">The verdict.</param>
/// <param name="Egress">The sender's side.</param>
/// <param name="Ingress">The receiver's side.</param>
public sealed record FamilyExplanation(
    IpFamily? Family, Model.Address? From, Model.Address? To, bool Allowed, SideExplanation Egress, SideExplanation Ingress)
{
    /// <summary>What host endpoints on the way between the two say, in order.</summary>
    public ImmutableArray<SideExplanation> Hosts { get; init; } = [];
}
