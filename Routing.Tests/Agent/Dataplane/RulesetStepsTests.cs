using System.Collections.Immutable;
using Routing.Agent.Dataplane.Nftables;
using Routing.Policy.Compile;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Render;
using Routing.Policy.Rules;
using Routing.Tests.Policy;
using Routing.Tests.Policy.Netns;

namespace Routing.Tests.Agent.Dataplane;

/// <summary>Changes one after another, without a kernel.</summary>
public sealed class RulesetStepsTests
{
    private const int Pods = 4;

    private const int HalvesOfBatch = 8; // that packets are tried with

    internal static readonly ImmutableArray<Packet> Packets = [.. AllPackets()], PacketsOfHost = [.. HostPackets()];

    [Test]
    public void Many_changes_end_in_the_rules_of_an_agent_that_has_just_started()
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            var cluster = new RandomChanges(seed, Pods);
            for (var i = 1; i <= 600; i++)
            {
                var what = cluster.Step();
                var rules = cluster.Policy.Compile();
                if (i % 4 == 0)
                {
                    Assert.That(
                        NftablesRenderer.Render(rules), Is.EqualTo(NftablesRenderer.Render(cluster.Afresh().Compile())),
                        $"change {i} of seed {seed}: {what}");
                }
            }
        }
    }

    [Test]
    public void Between_batches_and_while_one_comes_into_force_packets_are_judged_by_the_old_rules_or_by_the_new_ones()
    {
        const int seed = 11;
        var cluster = new RandomChanges(seed, Pods);
        var before = cluster.Policy.Compile();
        var counts = new Dictionary<int, int>();
        for (var i = 1; i <= 250; i++)
        {
            var what = cluster.Step();
            var after = cluster.Policy.Compile();
            var way = AssertOldOrNew(before, after, $"change {i} of seed {seed}, {what}", Packets);
            Assert.That(way.Any(HasVersions), Is.False, "pods alone do not need them");
            counts[way.Count] = counts.GetValueOrDefault(way.Count) + 1;
            before = after;
        }

        TestContext.Out.WriteLine(string.Join(", ", counts.OrderBy(count => count.Key).Select(count => $"{count.Value} in {count.Key} steps")));
        Assert.That(counts.Keys, Does.Contain(1).And.Contain(5));
    }

    [Test]
    public void So_are_those_that_are_between_two_hooks_of_a_node_with_host_endpoints()
    {
        var (alone, sideBySide) = (0, 0);
        for (var seed = 1; seed <= 3; seed++)
        {
            var cluster = new RandomChanges(seed, Pods, isHost: true);
            var before = cluster.Policy.Compile();
            for (var i = 1; i <= 60; i++)
            {
                var what = cluster.Step();
                var after = cluster.Policy.Compile();
                var way = AssertOldOrNew(before, after, $"change {i} of seed {seed}, {what}", PacketsOfHost);
                (alone, sideBySide) = way.Any(HasVersions) ? (alone, sideBySide + 1) : (alone + Math.Min(way.Count, 1), sideBySide);
                before = after;
            }
        }

        TestContext.Out.WriteLine($"{sideBySide} changes side by side, {alone} not");
        Assert.That(sideBySide, Is.GreaterThan(20));
        Assert.That(alone, Is.GreaterThan(20));
    }

    [Test]
    public void A_change_that_ends_after_any_batch_goes_on_from_there_and_no_packet_between_two_hooks_meets_both()
    {
        var cluster = new RandomChanges(seed: 2, Pods, isHost: true);
        var before = cluster.Policy.Compile();
        var ended = 0;
        for (var i = 1; ended < 60; i++)
        {
            var what = cluster.Step();
            var after = cluster.Policy.Compile();
            foreach (var (step, result) in Steps(before, after).SkipLast(1))
            {
                ended++;
                AssertOldOrNew(before, after, $"change {i}, {what}, ended after: {step.Describe()}", PacketsOfHost, result);
            }

            before = after;
        }
    }

    [Test]
    public void The_first_rules_come_when_their_sets_have_elements()
    {
        for (var seed = 1; seed <= 6; seed++)
        {
            var rules = new RandomChanges(seed, Pods).Policy.Compile();
            Assert.That(AssertOldOrNew(Ruleset.Empty, rules, $"seed {seed}", Packets), Has.Count.EqualTo(2));
        }
    }

    [Test]
    public void Counting_by_rule_comes_and_goes_like_any_change()
    {
        for (var seed = 1; seed <= 6; seed++)
        {
            var cluster = new RandomChanges(seed, Pods);
            for (var i = 0; i < 10; i++)
            {
                cluster.Step();
            }

            var (plain, counted) = (cluster.Afresh().Compile(), cluster.Afresh(new ReportOptions { CountsRules = true }).Compile());
            Assert.That(counted.Sets.Values.Any(set => set.IsCounted));
            Assert.That(AssertOldOrNew(plain, counted, $"on, seed {seed}", Packets), Has.Count.GreaterThan(1), "sets are made anew");
            AssertOldOrNew(counted, plain, $"off, seed {seed}", Packets);
        }
    }

    /// <summary>Each packet is judged by one of the two, at each moment of the way; or of the rest of it, from one of its rulesets on.</summary>
    /// <returns>The rulesets after each step.</returns>
    private static List<Ruleset> AssertOldOrNew(
        Ruleset before, Ruleset after, string what, ImmutableArray<Packet> packets, KernelRuleset? from = null)
    {
        var (old, now) = (Passing(before, packets), Passing(after, packets));
        var held = from?.Known ?? before;
        var steps = from is null ? Steps(before, after) : Steps(from, after);
        foreach (var (step, result) in steps)
        {
            foreach (var (moment, rules) in Moments(held, result.Known).Concat(HookMixtures.Between(held, result.Known)))
            {
                var passing = Passing(rules, packets);
                var wrong = packets.Where((_, index) => passing[index] != old[index] && passing[index] != now[index]);
                Assert.That(wrong, Is.Empty, () =>
                    $"{what}: step {steps.IndexOf((step, result)) + 1} of {steps.Count}, {moment}: {step.Describe()}");
            }

            held = result.Known;
        }

        Assert.That(NftablesRenderer.Render(held), Is.EqualTo(NftablesRenderer.Render(after)));
        return [.. steps.Select(step => step.Result.Known)];
    }

    private static bool HasVersions(Ruleset rules) => rules.Chains.Keys.Any(name => name.StartsWith("version-", StringComparison.Ordinal));

    [TestCase(false, false)]
    [TestCase(true, false, TestName = "An agent that is killed between two batches is followed by one that wants something else")]
    [TestCase(false, true, TestName = "An agent with host endpoints that is killed between two batches is followed by one that opens nothing on the way")]
    [TestCase(true, true, TestName = "An agent with host endpoints that is killed between two batches is followed by one that wants something else")]
    public void An_agent_that_is_killed_between_two_batches_is_followed_by_one_that_opens_nothing_on_the_way(bool hasChanged, bool isHost)
    {
        const int seed = 12;
        var packets = isHost ? PacketsOfHost : Packets;
        var cluster = new RandomChanges(seed, Pods, isHost: isHost);
        var before = cluster.Policy.Compile();
        var deaths = 0;
        for (var i = 1; deaths < 60; i++)
        {
            var what = cluster.Step();
            var after = cluster.Policy.Compile();
            var steps = Steps(before, after);
            if (hasChanged)
            {
                cluster.Step();
            }

            var wanted = hasChanged ? cluster.Policy.Compile() : after;
            foreach (var left in steps.SkipLast(1).Select(step => step.Result.Known))
            {
                deaths++;
                var (old, now, held) = (Passing(left, packets), Passing(wanted, packets), left);
                foreach (var (step, result) in Steps(Found(left, wanted), wanted))
                {
                    var next = Holding(result, held);
                    foreach (var (moment, rules) in Moments(held, next))
                    {
                        var passing = Passing(rules, packets);
                        Assert.That(
                            packets.Where((_, index) => passing[index] != old[index] && passing[index] != now[index]), Is.Empty,
                            () => $"change {i} of seed {seed}, {what}, {moment}: {step.Describe()}");
                    }

                    held = next;
                }

                Assert.That(NftablesRenderer.Render(held), Is.EqualTo(NftablesRenderer.Render(wanted)), $"change {i} of seed {seed}, {what}");
            }

            before = wanted;
        }
    }

    private static List<(RulesetPlan Step, KernelRuleset Result)> Steps(Ruleset before, Ruleset after) =>
        Steps(KernelRuleset.Of(before, new Dictionary<string, int>()), after);

    private static List<(RulesetPlan Step, KernelRuleset Result)> Steps(KernelRuleset actual, Ruleset after) =>
        [.. RulesetSteps.Between(actual, after, new RulesetPlan(actual, after))];

    /// <summary>What an agent reads that has just started, beside what it wants: see <see cref="KernelReader"/>.</summary>
    private static KernelRuleset Found(Ruleset held, Ruleset wanted)
    {
        var known = new Ruleset
        {
            Sets = held.Sets.RemoveRange(held.Sets.Values
                .Where(set => !(wanted.Sets.GetValueOrDefault(set.Name) is { } other && set.Family == other.Family
                    && set.Ranges == other.Ranges && set.Comment == other.Comment && set.Key.SequenceEqual(other.Key)))
                .Select(set => set.Name)),
            Maps = held.Maps.RemoveRange(held.Maps.Values
                .Where(map => !(wanted.Maps.GetValueOrDefault(map.Name) is { } other && map.Key == other.Key && map.Comment == other.Comment))
                .Select(map => map.Name)),
            Chains = wanted.Chains.RemoveRange(wanted.Chains.Values
                .Where(chain => !(held.Chains.GetValueOrDefault(chain.Name) is { } other
                    && chain.Hook == other.Hook && chain.Comment == other.Comment))
                .Select(chain => chain.Name)),
        };
        return KernelRuleset.Of(known, new Dictionary<string, int>()) with
        {
            OtherSets = held.Sets.Keys.Concat(held.Maps.Keys)
                .Where(name => !known.Sets.ContainsKey(name) && !known.Maps.ContainsKey(name)).ToHashSet(),
            OtherChains = held.Chains.Keys.Where(name => !known.Chains.ContainsKey(name)).ToHashSet(),
            ChainsWithOtherRules = known.Chains.Values.Where(chain => !chain.Rules.SequenceEqual(held.Chains[chain.Name].Rules))
                .Select(chain => chain.Name).ToHashSet(),
        };
    }

    /// <summary>What the kernel holds, with what the agent does not know of it as it was before.</summary>
    private static Ruleset Holding(KernelRuleset kernel, Ruleset before) => kernel.Known with
    {
        Sets = kernel.Known.Sets.AddRange(before.Sets.Where(set => kernel.OtherSets.Contains(set.Key))),
        Maps = kernel.Known.Maps.AddRange(before.Maps.Where(map => kernel.OtherSets.Contains(map.Key))),
        Chains = kernel.Known.Chains.SetItems(before.Chains.Where(
            chain => kernel.OtherChains.Contains(chain.Key) || kernel.ChainsWithOtherRules.Contains(chain.Key))),
    };

    /// <summary>What the kernel shows to a packet around a commit.</summary>
    private static IEnumerable<(string Moment, Ruleset Rules)> Moments(Ruleset before, Ruleset after)
    {
        // It came before: the rules are those of then, new chains are empty, sets and maps are those of now. A map that went is empty.
        yield return ("on its way", after with
        {
            Sets = before.Sets.SetItems(after.Sets),
            Maps = before.Maps.SetItems(before.Maps.Values.Select(map => KeyValuePair.Create(map.Name, map with { Elements = map.Elements.Clear() })))
                .SetItems(after.Maps),
            Chains = after.Chains.SetItems(after.Chains.Values.Select(chain => KeyValuePair.Create(chain.Name, chain with { Rules = [] })))
                .SetItems(before.Chains),
        });

        // It comes at once: sets of ranges follow the others.
        yield return ("right after", after with { Sets = after.Sets.SetItems(RangesOf(after, set => ElementsOf(before, set))) });
        yield return ("then", after);

        // A range that takes the place of another: neither is found before the batch is through.
        yield return ("while it is made", before with
        {
            Sets = before.Sets.SetItems(RangesOf(before, set => [.. set.Elements.Where(
                element => !ElementsOf(after, set).Any(other => other != element && other.Overlaps(element)))])),
        });
        yield return ("while it comes into force", after with
        {
            Sets = after.Sets.SetItems(RangesOf(after, set => [.. set.Elements.Where(element => ElementsOf(before, set).Contains(element))])),
        });
        foreach (var half in Halves(before, after))
        {
            yield return half;
        }
    }

    private static IEnumerable<KeyValuePair<string, MatchSet>> RangesOf(Ruleset rules, Func<MatchSet, ElementSet> elementsOf) =>
        rules.Sets.Values.Where(set => set.Ranges).Select(set => KeyValuePair.Create(set.Name, set with { Elements = elementsOf(set) }));

    private static ElementSet ElementsOf(Ruleset rules, MatchSet set) => rules.Sets.GetValueOrDefault(set.Name)?.Elements ?? [];

    /// <summary>What a packet meets that came before a batch, and has asked some of the sets and maps that it edits: any, for packets
    /// ask them in many orders.</summary>
    internal static IEnumerable<(string Moment, Ruleset Rules)> Halves(Ruleset before, Ruleset after)
    {
        var sets = before.Sets.Values.Where(set => after.Sets.TryGetValue(set.Name, out var now) && !now.Elements.SetEquals(set.Elements))
            .Select(set => set.Name);
        var maps = before.Maps.Values.Where(map => after.Maps.TryGetValue(map.Name, out var now) && !now.Elements.SequenceEqual(map.Elements))
            .Select(map => map.Name);
        var edited = sets.Concat(maps).ToArray();
        var random = new Random(edited.Length);
        for (var i = 0; i < HalvesOfBatch && edited.Length > 1; i++)
        {
            var asked = edited.Where(_ => random.Next(2) == 0).ToHashSet();
            yield return ($"having asked {string.Join(", ", asked)} before", before with
            {
                Sets = before.Sets.SetItems(after.Sets.Where(set => !asked.Contains(set.Key))),
                Maps = before.Maps.SetItems(after.Maps.Where(map => !asked.Contains(map.Key))),
                Chains = after.Chains.SetItems(after.Chains.Values.Select(chain => KeyValuePair.Create(chain.Name, chain with { Rules = [] })))
                    .SetItems(before.Chains),
            });
        }
    }

    internal static bool[] Passing(Ruleset rules, ImmutableArray<Packet> packets)
    {
        var simulator = new RulesetSimulator(rules);
        return [.. packets.Select(simulator.Passes)];
    }

    private static IEnumerable<Packet> AllPackets(params IReadOnlyList<(string? Interface, string Address)> more)
    {
        var ends = Enumerable.Range(0, Pods)
            .SelectMany(pod => RandomCluster.AddressesOf(pod, 0), (pod, address) => (Interface: (string?)$"rt-p{pod}", Address: Address.Parse(address)))
            .Concat(RandomCluster.Externals.Select(address => (Interface: (string?)"up0", Address: address)))
            .Concat(more.Select(end => (end.Interface, Address: Address.Parse(end.Address))));
        return from a in ends
               from b in ends
               where a.Interface != b.Interface && a.Address.Family == b.Address.Family
               from port in new ushort[] { 53, 80 }
               select new Packet(
                   a.Interface, b.Interface, a.Address, b.Address, port == 53 ? TransportProtocol.Udp : TransportProtocol.Tcp, port);
    }

    /// <summary>Also those of the host itself, of others on its own link, and of these to a port that leads to a pod.</summary>
    private static IEnumerable<Packet> HostPackets()
    {
        var (host, other) = (Address.Parse("172.16.0.1"), "172.16.0.2");
        var all = AllPackets((null, host.ToString()), (SimulatedCluster.Uplink, other)).ToList();
        return all.Concat(all.Where(packet => packet is { InputInterface: SimulatedCluster.Uplink, OutputInterface: not null })
            .Select(packet => packet with { Untranslated = (host, 30080) }));
    }
}
