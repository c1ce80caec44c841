using Routing.Bgp.RoutePolicy;

namespace Routing.Bgp.Speaker.Drain;

/// <summary>An import policy while its neighbour is being drained: what it accepts, it accepts as the last choice.</summary>
/// <remarks>RFC 8326 asks this of the initiator too: our own traffic leaves the session before the session goes.</remarks>
internal static class DrainedImport
{
    private static readonly RouteOperation LastChoice = new RouteOperation.SetLocalPref(0);

    /// <summary>The policy, with LOCAL_PREF 0 as the last change of whatever it lets pass.</summary>
    public static RouteFilter Of(RouteFilter import) => new(
    [
        .. import.Rules.Select(rule => rule.Action == RuleAction.Accept
            ? rule with { Operations = [.. rule.Operations, LastChoice] }
            : rule),
        new RouteRule { Action = RuleAction.Accept, Operations = [LastChoice] },
    ]);
}
