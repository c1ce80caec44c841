using Routing.Agent.Dataplane.Live;
using Routing.Agent.Netlink;
using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Tests.Fakes;

/// <summary>Counters of a packet filter in memory, which can be read or not.</summary>
internal sealed class FakeCounters
{
    private readonly Dictionary<(string Set, SetElement Element), long> _elements = [];
    private readonly Dictionary<(string Chain, int Place), long> _rules = [];

    /// <summary>What is in force.</summary>
    public Ruleset Applied { get; set; } = Ruleset.Empty;

    /// <summary>They cannot be read.</summary>
    public bool IsBroken { get; set; }

    public IKernelRules OpenLook() => new Look(this);

    /// <summary>Packets that find an element, in whichever set it is.</summary>
    public void Send(SetElement element, int packets)
    {
        var set = Applied.Sets.Values.Single(set => set.IsCounted && set.Elements.Contains(element));
        _elements[(set.Name, element)] = _elements.GetValueOrDefault((set.Name, element)) + packets;
    }

    /// <summary>Packets that come to the end of the first stage of the only profile.</summary>
    public void SendToEnd(int packets)
    {
        var chain = Applied.Chains.Values.Single(chain => chain.Name.Length == "ingress-0123456789ab".Length && chain.Name.StartsWith("ingress-", StringComparison.Ordinal));
        var key = (chain.Name, chain.Rules.Length - 1);
        _rules[key] = _rules.GetValueOrDefault(key) + packets;
    }

    private static KernelCount Count(long packets) => new(packets, 60 * packets);

    private void Check()
    {
        if (IsBroken)
        {
            throw new NetlinkException("list counters", "ruleset", 105, "as the test asked");
        }
    }

    private sealed class Look(FakeCounters kernel) : IKernelRules
    {
        public KernelWalk Walk(Packet packet, Ruleset wanted) => throw new NotSupportedException();

        public IReadOnlyList<RuleTally> CountVerdicts() => throw new NotSupportedException();

        public IReadOnlyList<ChainTally> CountRules(Ruleset applied, IReadOnlyCollection<Chain>? chains)
        {
            kernel.Check();
            return [.. kernel._rules.Where(rule => kernel.Applied.Chains.ContainsKey(rule.Key.Chain))
                .Select(rule => new ChainTally($"{rule.Key}", rule.Key.Chain, rule.Key.Place, Count(rule.Value)))];
        }

        public IReadOnlyList<SetTally> CountElements(IReadOnlyCollection<MatchSet> sets)
        {
            kernel.Check();
            return [.. from set in sets
                where kernel.Applied.Sets.ContainsKey(set.Name)
                select new SetTally(set.Name, [.. kernel._elements
                    .Where(one => one.Key.Set == set.Name && kernel.Applied.Sets[set.Name].Elements.Contains(one.Key.Element))
                    .Select(one => (new CountingElement("fake", one.Key.Element), Count(one.Value)))])];
        }

        public void Dispose()
        {
        }
    }
}
