using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Live;

/// <summary>What the elements of one set have counted.</summary>
/// <param name="Set">The set, by its name in the ruleset.</param>
/// <param name="Counts">Those that have counted something, each since it came.</param>
public sealed record SetTally(string Set, IReadOnlyList<(CountingElement Element, KernelCount Count)> Counts);

/// <summary>What counts in a set.</summary>
/// <param name="Holder">What it lies in: the kernel's set, as long as that is not made anew.</param>
/// <param name="Element">An element of the set or, where the kernel holds it in parts, one of these.</param>
public readonly record struct CountingElement(string Holder, SetElement Element);
