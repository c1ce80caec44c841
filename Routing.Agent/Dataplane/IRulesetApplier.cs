using Routing.Agent.Dataplane.Live;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane;

/// <summary>A packet filter back end: brings the kernel from what it holds to what is wanted, so that
/// each packet is judged by the old ruleset or by the new one.</summary>
public interface IRulesetApplier : IDisposable
{
    /// <summary>What this back end is called, for whoever looks for its rules: "nftables", "iptables-nft".</summary>
    string Name { get; }

    /// <summary>Opens another look at the kernel, which whoever opened it disposes of.</summary>
    IKernelRules OpenRules();

    /// <summary>True when a ruleset of ours stands in the kernel, from this agent or an earlier one. On a node without,
    /// the closed base ruleset goes in first, before any input is known.</summary>
    /// <exception cref="Netlink.NetlinkException">The kernel could not be read.</exception>
    /// <exception cref="Iptables.ProgramException">Likewise, by the programs of iptables.</exception>
    bool IsInstalled();

    /// <summary>True when the kernel holds this ruleset and nothing else of ours. It is read for that: not to be asked often.</summary>
    /// <exception cref="Netlink.NetlinkException">The kernel could not be read.</exception>
    /// <exception cref="Iptables.ProgramException">Likewise, by the programs of iptables.</exception>
    bool Holds(Ruleset ruleset);

    /// <summary>False when the kernel has no queues, so that rules that hold packets let them pass and hand out copies.</summary>
    bool HoldsPackets => true;

    /// <summary>Why elements of sets cannot count packets here; null when they can.</summary>
    /// <exception cref="Netlink.NetlinkException">The kernel could not be asked.</exception>
    string? CountingRefusal();

    /// <summary>Applies the difference between the kernel's ruleset and <paramref name="desired"/>. The first call
    /// reads what an earlier agent left and changes only what differs; nothing is ever flushed.</summary>
    /// <returns>What was changed.</returns>
    /// <exception cref="Netlink.NetlinkException">The kernel refused. Rules are the old or the new ones; what is left to do is
    /// found by the next call.</exception>
    /// <exception cref="Iptables.ProgramException">A program refused. Rules are the old or the new ones; what is left to do
    /// is found by the next call.</exception>
    RulesetChange Apply(Ruleset desired);
}
