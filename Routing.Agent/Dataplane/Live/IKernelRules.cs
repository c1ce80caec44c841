using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Live;

/// <summary>Reads what a back end has in the kernel, beside the applier and without it: what is there is not what anybody
/// remembers to have written. Not thread-safe.</summary>
public interface IKernelRules : IDisposable
{
    /// <summary>Sends a packet that begins a connection through our rules as they are in the kernel, on paper.</summary>
    /// <param name="packet">The packet. An interface that is no pod's has any other name.</param>
    /// <param name="wanted">What shall be there; objects are told apart and named by it, nothing is decided by it.</param>
    /// <exception cref="Netlink.NetlinkException">The kernel could not be read.</exception>
    /// <exception cref="Iptables.ProgramException">Likewise, by the programs of iptables.</exception>
    KernelWalk Walk(Packet packet, Ruleset wanted);

    /// <summary>What the rules that decide have counted, by what they say.</summary>
    /// <exception cref="Netlink.NetlinkException">The kernel could not be read.</exception>
    /// <exception cref="Iptables.ProgramException">Likewise, by the programs of iptables.</exception>
    IReadOnlyList<RuleTally> CountVerdicts();

    /// <summary>What the rules of chains have counted, by their places in the ruleset.</summary>
    /// <param name="applied">What the kernel was given last.</param>
    /// <param name="chains">Of these of its chains at least, if they are there; null for all.</param>
    /// <exception cref="Netlink.NetlinkException">The kernel could not be read.</exception>
    /// <exception cref="Iptables.ProgramException">Likewise, by the programs of iptables.</exception>
    IReadOnlyList<ChainTally> CountRules(Ruleset applied, IReadOnlyCollection<Chain>? chains);

    /// <summary>What the elements of sets have counted. A set that is not there is left out.</summary>
    /// <param name="sets">Sets that count, with the elements that they have.</param>
    /// <exception cref="Netlink.NetlinkException">The kernel could not be read.</exception>
    /// <exception cref="Iptables.ProgramException">Likewise, by the programs of iptables.</exception>
    IReadOnlyList<SetTally> CountElements(IReadOnlyCollection<MatchSet> sets);
}
