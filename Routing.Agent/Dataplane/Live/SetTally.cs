using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Live;

/// <summary>What the elements of one set have counted.</summary>
/// <param name="Set">The set, by its name in the ruleset.</param>
/// <param name="Identity">The set's own as long as it is not made anew.</param>
/// <param name="Counts">Those that have counted something, each since it came.</param>
public sealed record SetTally(string Set, string Identity, IReadOnlyList<(SetElement Element, KernelCount Count)> Counts);
