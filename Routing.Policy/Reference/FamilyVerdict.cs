using System.Collections.Immutable;
using Routing.Policy.Rules;

namespace Routing.Policy.Reference;

/// <summary>What happens to a flow over one IP version.</summary>
/// <param name="Family">IPv4 or IPv6; null when neither end has an address yet.</param>
/// <param name="Reasons">Egress first; each side has at least one. Between them those of host endpoints on the way, in order.</param>
public sealed record FamilyVerdict(IpFamily? Family, ImmutableArray<Reason> Reasons)
{
    /// <summary>True when nothing denies it: both sides have to allow.</summary>
    public bool Allowed => !Reasons.Any(reason => reason.Denies);
}
