using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Live;

/// <summary>What a rule of the ruleset has counted, or one of those that the kernel has in its place.</summary>
/// <param name="Identity">The kernel's rule's own as long as it is not written anew.</param>
/// <param name="Chain">Its chain, by its name in the ruleset.</param>
/// <param name="Place">Its place there, from 0, as in the ruleset.</param>
/// <param name="Count">Since it was written.</param>
public sealed record ChainTally(string Identity, string Chain, int Place, KernelCount Count)
{
    /// <summary>The element of a set that the kernel's rule stands for by itself; null for none.</summary>
    public (string Set, SetElement Element)? Element { get; init; }
}
