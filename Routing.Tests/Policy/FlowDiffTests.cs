using CsCheck;
using Routing.Policy.Analysis;
using Routing.Policy.Model;
using Routing.Policy.Reference;

namespace Routing.Tests.Policy;

public class FlowDiffTests
{
    [Test]
    public void Exactly_the_flows_on_which_two_evaluators_differ_are_gained_or_lost() => Gen.Int.Sample(
        seed =>
        {
            var luck = new RandomCluster(seed);
            var before = luck.Tiered(luck.Make(policies: 5));
            var fresh = luck.Tiered(luck.Make(policies: 5)).Policies;
            var kept = before.Policies.Keys.Where(key => (key.GetHashCode() + seed) % 3 != 0);
            var after = before with { Policies = seed % 2 == 0 ? fresh : fresh.SetItems(kept.Select(key => KeyValuePair.Create(key, before.Policies[key]))) };
            if (seed % 5 == 0)
            {
                var pods = before.Pods.Values.Where(pod => pod.IsSelectable).OrderBy(pod => pod.Name).ToList();
                after = after with { Pods = after.Pods.SetItem(pods[0].Name, pods[0] with { Labels = pods[^1].Labels }) };
            }

            var classes = FlowClasses.Of([before, after]);
            var changes = FlowDiff.Of(classes, pod => $"{pod}").ToLookup(change => (change.From, change.To));
            var (old, now) = (new PolicyEvaluator(before), new PolicyEvaluator(after));
            List<FlowEnd> ends =
            [
                .. before.Pods.Values.Where(pod => pod.IsSelectable).Select(pod => new FlowEnd.Pod(pod.Name)),
                .. RandomCluster.Externals.Select(address => new FlowEnd.Address(address)),
            ];
            foreach (var (from, to) in ends.SelectMany(_ => ends, (from, to) => (from, to)).Where(pair => pair.from is FlowEnd.Pod || pair.to is FlowEnd.Pod))
            {
                foreach (var (segment, index) in classes.Ports.Segments.Select((segment, index) => (segment, index)))
                {
                    var flow = segment.Flow(from, to);
                    foreach (var (was, will) in old.Evaluate(flow).Families.Zip(now.Evaluate(flow).Families))
                    {
                        foreach (var isGained in new[] { false, true })
                        {
                            var expected = isGained ? !was.Allowed && will.Allowed : was.Allowed && !will.Allowed;
                            var found = changes[(NameOf(from), NameOf(to))].Any(change =>
                                change.IsGained == isGained && change.Ports.Contains(index)
                                && (change.Families.IsEmpty || change.Families.Contains(was.Family!.Value))
                                && (change.World.IsEmpty || change.World.Any(range => range.Contains(AddressOf(from, to)))));
                            Assert.That(found, Is.EqualTo(expected), () => $"{(isGained ? "gained" : "lost")} {was.Family} {flow}");
                        }
                    }
                }
            }
        },
        iter: 12);

    [Test]
    public void Pods_that_no_policy_tells_apart_are_one_class_however_many_there_are()
    {
        var few = new RandomCluster(5).Make();
        var pod = few.Pods.Values.First(pod => pod.IsSelectable) with { Addresses = [] }; // nets could tell copies apart by theirs
        few = few with { Pods = few.Pods.SetItem(pod.Name, pod) };
        var many = few with
        {
            Pods = few.Pods.AddRange(Enumerable.Range(0, 500).Select(i => pod with { Name = pod.Name with { Name = $"copy-{i}" } })
                .Select(copy => KeyValuePair.Create(copy.Name, copy))),
        };
        Assert.That(FlowClasses.Of([many]).Classes.Length, Is.EqualTo(FlowClasses.Of([few]).Classes.Length));
    }

    [TestCase("192.0.2.0", "192.0.2.255", "192.0.2.0/24")]
    [TestCase("0.0.0.0", "255.255.255.255", "all of IPv4")]
    [TestCase("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "all of IPv6")]
    [TestCase("0.0.0.0", "127.255.255.255", "0.0.0.0/1")]
    [TestCase("0.0.0.1", "255.255.255.255", "IPv4 except 0.0.0.0/32")]
    [TestCase("10.0.0.1", "10.0.0.6", "10.0.0.1/32, 10.0.0.2/31, 10.0.0.4/31, 10.0.0.6/32")]
    [TestCase("255.255.255.255", "255.255.255.255", "255.255.255.255/32")]
    public void Ranges_are_written_as_blocks(string low, string high, string expected)
    {
        var (first, last) = (Address.Parse(low), Address.Parse(high));
        Assert.That(AddressText.Of([new AddressRange(first.Family, first.Value, last.Value)]), Is.EqualTo(expected));
    }

    private static string NameOf(FlowEnd end) => end is FlowEnd.Pod ? $"{end}" : FlowMatrix.World;

    private static Address AddressOf(FlowEnd from, FlowEnd to) => ((from as FlowEnd.Address) ?? (FlowEnd.Address)to).Value;
}
