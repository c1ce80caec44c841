namespace Routing.Policy.Model;

/// <summary>A policy's rules of one direction. A policy that says nothing about a direction has none for it (null),
/// which is something else than an empty one: that isolates the pods and allows nothing.</summary>
public sealed record RuleSet(EquatableArray<RuleSpec> Rules);
