using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Compile;

/// <summary> The part of the ruleset that is there before any pod is: what comes from or goes to a pod's interface
/// meets it, and finds its way only once the maps and sets name that interface. Closed until known.
/// <code>
///   prerouting (raw)   rt*: source is the interface's own, else drop
///   input, forward     established goes through; from rt*: from-pod; (forward only) to rt*: to-pod
///   from-pod           to the pod itself: accept; else the interface's egress profile, else drop
///   to-pod             the interface's ingress profile, else drop
///   forward, output    in between, what resumes an unknown connection: resumed-from-pod, resumed-to-pod (see docs/adr/0027)
/// </code>
/// A packet that ends before the octets in which ports are is dropped, whatever its protocol: sets by protocol and port cannot tell
/// it from others, so that one that they deny would pass.
/// Before each drop the packet is reported, when that is asked for.
/// A profile is entered by goto, so its return comes back to the hook's chain, after the jump, where the other end's
/// rules follow. What the node itself sends is not filtered: a node may always reach its own pods. A pod reaches itself
/// inside its own namespace, but through a Service it comes by here, after the translation of the destination, and may
/// as well.
/// </summary>
internal static class Skeleton
{
    private const string Closed = "closed until the pod is known, and to what is too short to be told apart";
    private const int RawPriority = -300; // before connection tracking: a forged packet leaves no trace there
    private const int FilterPriority = 0;

    private static readonly Rule LetEstablishedPass =
        new([new Match.Established()], new RuleAction.Decide(Verdict.Accept), "decided when it began");

    private static readonly Rule EnterFromPod = new(
        [new Match.InterfacePrefix(RuleField.InputInterface, Names.InterfacePrefix)],
        new RuleAction.Decide(Verdict.Jump(Names.FromPod)),
        "");

    private static readonly Rule EnterToPod = new(
        [new Match.InterfacePrefix(RuleField.OutputInterface, Names.InterfacePrefix)],
        new RuleAction.Decide(Verdict.Jump(Names.ToPod)),
        "");

    private static readonly Rule CheckResumedFromPod = EnterFromPod with
    {
        Matches = EnterFromPod.Matches.Add(new Match.Resuming()),
        Action = new RuleAction.Decide(Verdict.Jump(Names.ResumedFromPod)),
    };

    private static readonly Rule CheckResumedToPod = EnterToPod with
    {
        Matches = EnterToPod.Matches.Add(new Match.Resuming()),
        Action = new RuleAction.Decide(Verdict.Jump(Names.ResumedToPod)),
    };

    /// <summary>The verdict for a pod that no policy isolates.</summary>
    public static Verdict NotIsolated(Direction direction, ReportOptions reports) =>
        reports.Allowed ? Verdict.Goto(Names.Open(direction))
        : direction == Direction.Egress ? Verdict.Return : Verdict.Accept;

    /// <summary>The ruleset of a node without pods.</summary>
    public static Ruleset Create(ReportOptions reports)
    {
        var empty = Rules.Ruleset.Empty;
        return new Ruleset
        {
            Sets = empty.Sets
                .Add(Names.Sources(IpFamily.V4), Sources(IpFamily.V4))
                .Add(Names.Sources(IpFamily.V6), Sources(IpFamily.V6))
                .Add(Names.Own(IpFamily.V4), Own(IpFamily.V4))
                .Add(Names.Own(IpFamily.V6), Own(IpFamily.V6)),
            Maps = empty.Maps
                .Add(Names.EgressByInterface, EmptyMap(
                    Names.EgressByInterface, RuleField.InputInterface, "pods' egress profiles"))
                .Add(Names.IngressByInterface, EmptyMap(
                    Names.IngressByInterface, RuleField.OutputInterface, "pods' ingress profiles"))
                .Add(Names.ResumableFrom, EmptyMap(
                    Names.ResumableFrom, RuleField.InputInterface, "pods whose ingress no policy isolates"))
                .Add(Names.ResumableTo, EmptyMap(
                    Names.ResumableTo, RuleField.OutputInterface, "pods whose egress no policy isolates")),
            Chains = empty.Chains.AddRange(new Chain[]
            {
                new Chain(
                    Names.Prerouting,
                    new ChainHook(HookPoint.Prerouting, RawPriority),
                    [
                        new Rule(
                            [new Match.InterfacePrefix(RuleField.InputInterface, Names.InterfacePrefix)],
                            new RuleAction.Decide(Verdict.Jump(Names.CheckSource)),
                            ""),
                    ],
                    "pods send from their own addresses only"),
                new Chain(
                    Names.Input,
                    new ChainHook(HookPoint.Input, FilterPriority),
                    [LetEstablishedPass, EnterFromPod],
                    "from pods to their node"),
                new Chain(
                    Names.Forward,
                    new ChainHook(HookPoint.Forward, FilterPriority),
                    [LetEstablishedPass, EnterFromPod, CheckResumedFromPod, CheckResumedToPod, EnterToPod],
                    "from and to pods"),
                new Chain(
                    Names.Output,
                    new ChainHook(HookPoint.Output, FilterPriority),
                    [CheckResumedToPod],
                    "from a node to its pods"),
                new Chain(
                    Names.CheckSource,
                    null,
                    [
                        new Rule(
                            [new Match.InSet(Names.Sources(IpFamily.V4))], new RuleAction.Decide(Verdict.Return), ""),
                        new Rule(
                            [new Match.InSet(Names.Sources(IpFamily.V6))], new RuleAction.Decide(Verdict.Return), ""),
                        .. Drop(Names.CheckSource, "forged source, or a pod not known yet", reports),
                    ],
                    "interface and source address belong together"),
                new Chain(
                    Names.FromPod,
                    null,
                    [
                        new Rule([new Match.InSet(Names.Own(IpFamily.V4))], new RuleAction.Decide(Verdict.Accept), ""),
                        new Rule([new Match.InSet(Names.Own(IpFamily.V6))], new RuleAction.Decide(Verdict.Accept), ""),
                        new Rule([new Match.HasPortOctets()], new RuleAction.Dispatch(Names.EgressByInterface), ""),
                        .. Drop(Names.FromPod, Closed, reports),
                    ],
                    "the sender's egress policies"),
                new Chain(
                    Names.ToPod,
                    null,
                    [
                        new Rule([new Match.HasPortOctets()], new RuleAction.Dispatch(Names.IngressByInterface), ""),
                        .. Drop(Names.ToPod, Closed, reports),
                    ],
                    "the receiver's ingress policies"),
                Resumed(Names.ResumedFromPod, Names.ResumableFrom, "answers of a server that may have been cut off", reports),
                Resumed(Names.ResumedToPod, Names.ResumableTo, "answers to a client that may have been cut off", reports),
            }.Concat(Open(reports)).Select(chain => KeyValuePair.Create(chain.Name, chain))),
        };
    }

    private static VerdictMap EmptyMap(string name, RuleField key, string comment) =>
        new(name, key, ImmutableSortedDictionary.Create<string, Verdict>(StringComparer.Ordinal), comment);

    private static MatchSet Sources(IpFamily family) => new(
        Names.Sources(family),
        family,
        [RuleField.InputInterface, RuleField.SourceAddress],
        Ranges: false,
        [],
        "each pod's interface with its addresses");

    private static MatchSet Own(IpFamily family) => new(
        Names.Own(family),
        family,
        [RuleField.InputInterface, RuleField.DestinationAddress],
        Ranges: false,
        [],
        "a pod to itself, through a Service");

    private static Chain Resumed(string name, string map, string comment, ReportOptions reports) => new(
        name, null,
        [new Rule([], new RuleAction.Dispatch(map), ""), .. Drop(name, "resumes a connection that policies may have ended", reports)],
        comment);

    private static IEnumerable<Rule> Drop(string chain, string why, ReportOptions reports)
    {
        if (reports.Denied)
        {
            yield return reports.Rule(ReportedVerdict.Deny, chain);
        }

        yield return new Rule([], new RuleAction.Decide(Verdict.Drop), why) { IsCounted = true };
    }

    /// <summary>Where the packets of pods that no policy isolates go by when what is allowed is reported.</summary>
    private static IEnumerable<Chain> Open(ReportOptions reports) =>
        from direction in reports.Allowed ? [Direction.Egress, Direction.Ingress] : Array.Empty<Direction>()
        let name = Names.Open(direction)
        select new Chain(
            name,
            null,
            [
                reports.Rule(ReportedVerdict.Allow, name),
                new Rule([], new RuleAction.Decide(NotIsolated(direction, new ReportOptions())), ""),
            ],
            "no policy isolates the pod");
}
