namespace Routing.Policy.Rules;

/// <summary>Where and when a base chain sees packets; a packet that no rule decides is accepted there.</summary>
/// <param name="Point">The hook.</param>
/// <param name="Priority">The kernel's order among chains of one hook; smaller is earlier (-300 raw, 0 filter).</param>
public sealed record ChainHook(HookPoint Point, int Priority);
