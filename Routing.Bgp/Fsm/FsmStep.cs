using System.Collections.Immutable;

namespace Routing.Bgp.Fsm;

/// <summary>The FSM's answer to an event.</summary>
/// <param name="Next">Where it is now.</param>
/// <param name="Actions">What has to be done, in order.</param>
internal readonly record struct FsmStep(FsmState Next, ImmutableArray<SessionAction> Actions);
