using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane;

/// <summary>A packet filter back end: brings the kernel from what it holds to what is wanted, in one transaction.</summary>
public interface IRulesetApplier : IDisposable
{
    /// <summary>Applies the difference between the kernel's ruleset and <paramref name="desired"/>. The first call reads what
    /// an earlier agent left and changes only what differs; nothing is ever flushed.</summary>
    /// <returns>What was changed.</returns>
    /// <exception cref="Netlink.NetlinkException">The kernel refused; nothing was changed.</exception>
    RulesetChange Apply(Ruleset desired);
}
