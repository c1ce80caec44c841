using CsCheck;
using Routing.Policy.Analysis;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Tests.Policy;

public class FlowClassesTests
{
    /// <summary>Ports on both sides of all that <see cref="RandomCluster"/> names.</summary>
    private static readonly ushort[] Ports = [1, 52, 53, 80, 82, 8080, 8999, 9000, 12000];

    [Test]
    public void Classes_say_of_every_flow_what_the_evaluator_says() => Gen.Int.Sample(
        seed =>
        {
            var luck = new RandomCluster(seed);
            Compare(luck.Tiered(luck.Make(policies: 10)));
        },
        iter: 12);

    [Test]
    public void Classes_know_everything_that_a_policy_can_say() => Gen.Int.Sample(
        seed =>
        {
            var luck = new RandomCluster(seed);
            Compare(luck.Anything(luck.Make(policies: 8)));
        },
        iter: 8);

    [Test]
    public void Clusters_that_are_cut_together_are_judged_apart() => Gen.Int.Sample(
        seed =>
        {
            var luck = new RandomCluster(seed);
            var one = luck.Tiered(luck.Make(policies: 4));
            var other = one with { Policies = luck.Tiered(luck.Make(policies: 8)).Policies };
            Compare(one, other);
        },
        iter: 6);

    [Test]
    public void Host_endpoints_are_judged_as_ends_of_flows() => Gen.Int.Sample(
        seed => Compare(new RandomCalico(seed).Around(new RandomCluster(seed).Make(policies: 2), policies: 2)),
        iter: 10);

    [Test]
    public void Asking_one_of_each_part_finds_what_asking_each_class_does() => Gen.Int.Sample(
        seed =>
        {
            var luck = new RandomCluster(seed);
            ClusterView[] clusters =
            [
                luck.Tiered(luck.Make(policies: 10)), luck.Anything(luck.Make(policies: 10)),
                new RandomCalico(seed).Around(luck.Make(policies: 2), policies: 4),
            ];
            foreach (var cluster in clusters)
            {
                var classes = FlowClasses.Of([cluster]);
                var (byPart, byClass) = (classes.VerdictsOf(0), classes.VerdictsByClass(0));
                foreach (var subject in classes.Classes)
                {
                    foreach (var side in Enum.GetValues<Direction>())
                    {
                        Assert.That(Answers(byPart.AnswersOf(side, subject)), Is.EquivalentTo(Answers(byClass.AnswersOf(side, subject))));
                    }
                }

                Assert.That(Uses(byPart), Is.EqualTo(Uses(byClass)));
                Assert.That(byPart.NeverAsked(), Is.EqualTo(byClass.NeverAsked()));
            }

            static IEnumerable<(IpFamily? Family, PortSet Allowed)> Answers(IEnumerable<PeerAnswer> answers) =>
                answers.Select(answer => (answer.Family, answer.Allowed)).Distinct();

            static IEnumerable<string> Uses(ClassVerdicts verdicts) => verdicts.RuleUses().Select(use =>
                $"{use.Policy.Key} {use.Direction} {use.Rule.Field} {use.IsMet} {use.IsReached} {string.Join(',', use.Before.Select(one => $"{one.Policy} {one.Rule.Field}"))}");
        },
        iter: 12);

    [Test]
    public void A_partition_keeps_apart_whatever_some_cut_does() => Gen.Select(Gen.Int[0, 9].Array[0, 6].Array[0, 8], Gen.Bool).Sample(
        (cuts, joins) =>
        {
            var partition = new Partition(10);
            if (joins)
            {
                partition.Sever();
                partition.Join();
            }

            foreach (var cut in cuts)
            {
                partition.Cut([.. cut.Distinct()]);
            }

            foreach (var (one, other) in Enumerable.Range(0, 10).SelectMany(_ => Enumerable.Range(0, 10), (one, other) => (one, other)))
            {
                var isApart = cuts.Any(cut => cut.Contains(one) != cut.Contains(other));
                Assert.That(partition[one] != partition[other], Is.EqualTo(isApart));
                Assert.That(partition[one], Is.InRange(0, partition.Parts - 1));
            }
        });

    private static void Compare(params ClusterView[] clusters)
    {
        var classes = FlowClasses.Of(clusters);
        Assert.That(classes.Classes.SelectMany(one => one.Pods), Is.EquivalentTo(clusters[0].Pods.Values.Where(pod => pod.IsSelectable).Select(pod => pod.Name)));
        for (var i = 0; i < clusters.Length; i++)
        {
            var (verdicts, evaluator) = (classes.VerdictsOf(i), new PolicyEvaluator(clusters[i]));
            foreach (var from in classes.Classes)
            {
                foreach (var to in classes.Classes.Where(to => (from.IsSubject || to.IsSubject) && (from != to || from.Hosts.IsEmpty)))
                {
                    Compare(classes, verdicts, evaluator, from, to);
                }
            }
        }
    }

    private static void Compare(FlowClasses classes, ClassVerdicts verdicts, PolicyEvaluator evaluator, EndClass from, EndClass to)
    {
        // Every pod and every known address of a class: not only the one the class was asked with.
        foreach (var (one, other) in EndsOf(from).SelectMany(_ => EndsOf(to), (one, other) => (one, other)))
        {
            foreach (var family in from.FamiliesWith(to))
            {
                var allowed = verdicts.Allowed(from, to, family);
                foreach (var (flow, segment) in Flows(classes, one, other))
                {
                    var answer = evaluator.Evaluate(flow).Families.FirstOrDefault(answer => answer.Family == family);
                    if (answer is null || answer.Reasons.Any(reason => reason.Code is ReasonCode.SamePod or ReasonCode.OwnNode)
                        || IsThroughHosts(answer, to) || IsOwnNode(answer, from, to))
                    {
                        continue;
                    }

                    Assert.That(allowed.Contains(segment), Is.EqualTo(answer.Allowed),
                        () => $"{flow} {family}: {classes.Ports.Describe(allowed)}, but {string.Join("; ", answer.Reasons)}");
                }
            }
        }
    }

    /// <summary>What is asked on the way through hosts is no question here.</summary>
    private static bool IsThroughHosts(FamilyVerdict answer, EndClass to) => answer.Reasons.Any(reason =>
        reason.Layer == HostLayer.Forward || (reason.Layer is not null && reason.Side == Direction.Ingress && !to.Pods.IsEmpty));

    /// <summary>A host endpoint says nothing of what the node's own pods send it.</summary>
    private static bool IsOwnNode(FamilyVerdict answer, EndClass from, EndClass to) => !from.Pods.IsEmpty && !to.Hosts.IsEmpty
        && !answer.Reasons.Any(reason => reason.Layer is not null && reason.Side == Direction.Ingress);

    private static IEnumerable<(Flow Flow, int Segment)> Flows(FlowClasses classes, FlowEnd from, FlowEnd to)
    {
        foreach (var protocol in TransportProtocolExtensions.OfContainers)
        {
            foreach (var port in Ports)
            {
                yield return (new Flow(from, to, protocol, port), classes.Ports.Segments.Index()
                    .Single(one => one.Item.Protocol == protocol && one.Item.Low <= port && port <= one.Item.High).Index);
            }
        }

        foreach (var (segment, index) in classes.Ports.Segments.Select((segment, index) => (segment, index)).Where(one => one.segment.Protocol?.HasPorts() != true))
        {
            yield return (segment.Flow(from, to), index);
        }
    }

    private static IEnumerable<FlowEnd> EndsOf(EndClass one) => one.Pods.Select(pod => (FlowEnd)new FlowEnd.Pod(pod))
        .Concat(one.Pods.IsEmpty ? [one.Example()] : [])
        .Concat(RandomCluster.Externals.Where(address => one.Ranges.Any(range => range.Contains(address))).Select(address => new FlowEnd.Address(address)));
}
