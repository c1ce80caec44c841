using System.Collections.Immutable;
using CsCheck;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Tests.Netns;

/// <summary>Rulesets for the applier's tests: made by hand, and at random over few names, so that two of them meet in
/// every way (same name, other definition; a set in one, a map in the other).</summary>
internal static class SampleRulesets
{
    /// <summary>Random rulesets that the kernel accepts.</summary>
    public static readonly Gen<Ruleset> Any =
        from sets in Gen.Int[0, 4].SelectMany(count => Set.Array[count])
        from maps in Gen.Int[0, 2].SelectMany(count => Map.Array[count])
        from bodies in Gen.Int[0, int.MaxValue].Array[6]
        from comments in Gen.Int[0, 1].Array[6]
        select Assemble(sets, maps, bodies, comments);

    /// <summary>All kinds of sets, matches and actions; another object each time.</summary>
    public static Ruleset Everything => MakeEverything();

    private static readonly string[] CalledChains = ["c0", "c1", "c2", "c3"];

    private static readonly (RuleField[] Key, IpFamily? Family)[] Keys =
    [
        ([RuleField.DestinationAddress], IpFamily.V4),
        ([RuleField.SourceAddress], IpFamily.V6),
        ([RuleField.DestinationAddress, RuleField.Protocol, RuleField.DestinationPort], IpFamily.V4),
        ([RuleField.SourceAddress, RuleField.Protocol, RuleField.DestinationPort], IpFamily.V6),
        ([RuleField.Protocol, RuleField.DestinationPort], null),
        ([RuleField.DestinationPort], null),
        ([RuleField.InputInterface, RuleField.SourceAddress], IpFamily.V4),
        ([RuleField.InputInterface, RuleField.SourceAddress], IpFamily.V6),
    ];

    private static Gen<MatchSet> Set =>
        from name in Gen.Int[0, 4]
        from key in Gen.Int[0, Keys.Length - 1].Select(index => Keys[index])
        from ranges in Gen.Bool
        from slots in Gen.Int[0, 12].HashSet[0, 8]
        from widths in Gen.Int[0, 9].Array[13]
        from comment in Gen.Int[0, 1]
        select new MatchSet(
            $"s{name}", key.Family, [.. key.Key], ranges,
            [.. slots.Select(slot => Element(key.Key, key.Family, slot, ranges ? widths[slot] : 0))],
            comment == 0 ? "" : $"what s{name} is for");

    private static Gen<VerdictMap> Map =>
        from name in Gen.Int[0, 1]
        from input in Gen.Bool
        from verdicts in Gen.Int[0, 5].Array[6]
        select new VerdictMap(
            $"{(name == 0 ? "s0" : "m1")}", input ? RuleField.InputInterface : RuleField.OutputInterface,
            verdicts.Index().Where(v => v.Item > 0)
                .ToImmutableSortedDictionary(v => $"rt{v.Index:x12}", v => VerdictOf(v.Item), StringComparer.Ordinal),
            "by interface");

    /// <summary>An element in a slot of its own, so that no two of a set overlap. Neighbouring slots may
    /// touch.</summary>
    public static SetElement Element(IReadOnlyList<RuleField> key, IpFamily? family, int slot, int width)
    {
        var low = family == IpFamily.V6 ? Address.Parse("fd00:10::").Value : Address.Parse("10.0.0.0").Value;
        low += (UInt128)(slot * 10);
        var element = default(SetElement);
        foreach (var field in key)
        {
            element = field switch
            {
                RuleField.SourceAddress or RuleField.DestinationAddress =>
                    element with { AddressLow = low, AddressHigh = low + (UInt128)width },
                RuleField.Protocol => element with { Protocol = 17 },
                RuleField.DestinationPort =>
                    element with { PortLow = (ushort)(slot * 10), PortHigh = (ushort)((slot * 10) + width) },
                _ => element with { Interface = $"rt{slot:x12}" },
            };
        }

        return element;
    }

    private static Verdict VerdictOf(int number) => number switch
    {
        1 => Verdict.Accept,
        2 => Verdict.Drop,
        3 => Verdict.Return,
        4 => Verdict.Goto("c3"),
        _ => Verdict.Jump("c2"),
    };

    private static Ruleset Assemble(MatchSet[] sets, VerdictMap[] maps, int[] bodies, int[] comments)
    {
        var setsByName = sets.DistinctBy(set => set.Name)
            .ToImmutableSortedDictionary(set => set.Name, set => set, StringComparer.Ordinal);
        var mapsByName = maps.DistinctBy(map => map.Name).Where(map => !setsByName.ContainsKey(map.Name))
            .ToImmutableSortedDictionary(map => map.Name, map => map, StringComparer.Ordinal);
        var chains = new List<Chain>();
        for (var i = 0; i < CalledChains.Length; i++)
        {
            var random = new Random(bodies[i]);
            // c2 and c3 are always there: map elements lead to them. Jumps only go up, so there are no loops.
            if (i >= 2 || bodies[i] % 3 > 0)
            {
                chains.Add(new Chain(
                    CalledChains[i], null, Rules(random, setsByName, i < 2 ? "c3" : null, map: null),
                    comments[i] == 0 ? "" : "called"));
            }
        }

        foreach (var (index, point) in new[] { HookPoint.Forward, HookPoint.Prerouting }.Index())
        {
            var random = new Random(bodies[4 + index]);
            chains.Add(new Chain(
                $"b{index}", new ChainHook(point, bodies[4 + index] % 2 == 0 ? 0 : -300),
                Rules(random, setsByName, "c2", mapsByName.Keys.FirstOrDefault()),
                comments[4 + index] == 0 ? "" : "hooked"));
        }

        return new Ruleset
        {
            Sets = setsByName,
            Maps = mapsByName,
            Chains = chains.ToImmutableSortedDictionary(chain => chain.Name, chain => chain, StringComparer.Ordinal),
        };
    }

    private static ImmutableArray<Rule> Rules(
        Random random, ImmutableSortedDictionary<string, MatchSet> sets, string? jump, string? map)
    {
        var rules = new List<Rule>();
        for (var count = random.Next(4); count > 0; count--)
        {
            List<Match> matches = [];
            if (random.Next(4) == 0)
            {
                matches.Add(new Match.Established());
            }

            if (random.Next(4) == 0)
            {
                matches.Add(new Match.InterfacePrefix(RuleField.InputInterface, "rt"));
            }

            var family = sets.Count > 0 && random.Next(2) == 0 ? AddLookup(random, sets, matches) : null;
            if (family is null && random.Next(4) == 0)
            {
                matches.Add(new Match.Family((IpFamily)random.Next(2)));
            }

            if (random.Next(4) == 0)
            {
                matches.Add(new Match.Protocol(6));
            }

            RuleAction action = (jump, map, random.Next(5)) switch
            {
                (not null, _, 0) => new RuleAction.Decide(Verdict.Jump(jump)),
                (_, not null, 1) => new RuleAction.Dispatch(map),
                (_, _, 2) => new RuleAction.Decide(Verdict.Accept),
                (_, _, 3) => new RuleAction.Report(new PacketReport(7, "deny c", 128, random.Next(1, 100), 5)),
                _ => new RuleAction.Decide(Verdict.Drop),
            };
            rules.Add(new Rule([.. matches], action, random.Next(2) == 0 ? "" : $"rule {count}")
            {
                IsCounted = random.Next(2) == 0,
            });
        }

        return [.. rules];
    }

    private static IpFamily? AddLookup(
        Random random, ImmutableSortedDictionary<string, MatchSet> sets, List<Match> matches)
    {
        var set = sets.Values.ElementAt(random.Next(sets.Count));
        matches.Add(new Match.InSet(set.Name));
        return set.Family;
    }

    private static Ruleset MakeEverything()
    {
        MatchSet[] sets =
        [
            new("sources4", IpFamily.V4, [RuleField.InputInterface, RuleField.SourceAddress], false,
                [new SetElement(Number("10.1.0.7"), Number("10.1.0.7"), Interface: "rt0123456789ab")], ""),
            new("addresses", IpFamily.V4, [RuleField.DestinationAddress], true,
                [
                    Range("10.1.0.0", "10.1.0.63"), Range("10.1.0.65", "10.1.0.70"),
                    Range("255.255.255.255", "255.255.255.255"),
                ],
                ""),
            new("flows6", IpFamily.V6, [RuleField.SourceAddress, RuleField.Protocol, RuleField.DestinationPort], true,
                [
                    Range("fd00:1::", "fd00:1::ffff:ffff:ffff:ffff") with { Protocol = 6, PortLow = 80, PortHigh = 90 },
                    Range("fd00:2::1", "fd00:2::1") with { Protocol = 17, PortLow = 53, PortHigh = 53 },
                ],
                "who may call default/web"),
            new("ports", null, [RuleField.Protocol, RuleField.DestinationPort], false,
                [
                    new SetElement(Protocol: 6, PortLow: 80, PortHigh: 80),
                    new SetElement(Protocol: 132, PortLow: 9999, PortHigh: 9999),
                ],
                ""),
        ];
        VerdictMap[] maps =
        [
            new("egress", RuleField.InputInterface,
                ImmutableSortedDictionary<string, Verdict>.Empty.WithComparers(StringComparer.Ordinal)
                    .Add("rt0123456789ab", Verdict.Goto("profile")).Add("rtba9876543210", Verdict.Drop),
                ""),
        ];
        Chain[] chains =
        [
            new("forward", new ChainHook(HookPoint.Forward, 0),
                [
                    Decide(Verdict.Accept, "decided when it began", new Match.Established()),
                    Decide(Verdict.Jump("from-pod"), "", new Match.InterfacePrefix(RuleField.InputInterface, "rt")),
                ],
                "from and to pods"),
            new("prerouting", new ChainHook(HookPoint.Prerouting, -300),
                [
                    Decide(Verdict.Accept, "", new Match.InSet("sources4")),
                    Decide(Verdict.Drop, "forged", new Match.InterfacePrefix(RuleField.InputInterface, "rt")),
                ],
                ""),
            new("from-pod", null,
                [
                    new Rule([], new RuleAction.Dispatch("egress"), ""),
                    Decide(Verdict.Drop, "closed until the pod is known"),
                ],
                ""),
            new("profile", null,
                [
                    Decide(Verdict.Return, "", new Match.InSet("ports")),
                    Decide(Verdict.Return, "", new Match.InSet("addresses")),
                    Decide(Verdict.Accept, "", new Match.InSet("flows6")),
                    Decide(Verdict.Drop, "", new Match.Family(IpFamily.V4), new Match.Protocol(1)),
                ],
                "default/allow-web"),
        ];
        return new Ruleset
        {
            Sets = sets.ToImmutableSortedDictionary(set => set.Name, set => set, StringComparer.Ordinal),
            Maps = maps.ToImmutableSortedDictionary(map => map.Name, map => map, StringComparer.Ordinal),
            Chains = chains.ToImmutableSortedDictionary(chain => chain.Name, chain => chain, StringComparer.Ordinal),
        };
    }

    private static Rule Decide(Verdict verdict, string comment, params Match[] matches) =>
        new([.. matches], new RuleAction.Decide(verdict), comment);

    private static UInt128 Number(string address) => Address.Parse(address).Value;

    private static SetElement Range(string low, string high) => new(Number(low), Number(high));
}
