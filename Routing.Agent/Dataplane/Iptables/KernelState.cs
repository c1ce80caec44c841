using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Iptables;

/// <summary>What the kernel holds of ours.</summary>
/// <param name="Tables">Tables with something of ours.</param>
/// <param name="Sets">Sets that hold what this agent has put there.</param>
/// <param name="Others">Ipsets that were read, or that could not be removed yet.</param>
internal sealed record KernelState(
    IReadOnlyDictionary<(IpFamily Family, string Table), KernelTable> Tables,
    IReadOnlyDictionary<string, SetState> Sets,
    IReadOnlyDictionary<string, KernelSet> Others)
{
    /// <summary>Names of all ipsets.</summary>
    public IEnumerable<string> IpsetNames =>
        Sets.Values.SelectMany(set => set.Ipsets.Select(ipset => ipset.Ipset.Name)).Concat(Others.Keys);
}
