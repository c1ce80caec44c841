using CsCheck;
using Routing.Policy.Model;
using Routing.Policy.Selectors;
using Routing.Policy.Translate.Calico;

namespace Routing.Tests.Policy;

public class SelectorTests
{
    private static readonly string[] Keys = ["a", "b", "c"];
    private static readonly string[] Values = ["x", "y", "z"];
    private static readonly string[] Namespaces = ["red", "green", "blue"];

    [Test]
    public void Selectors_that_say_the_same_are_equal()
    {
        var one = LabelSelector.Of(
            new Requirement("b", SelectorOperator.NotIn, ["y", "x", "y"]), new Requirement("a", SelectorOperator.In, ["x"]),
            new Requirement("a", SelectorOperator.In, ["x"]));
        var other = LabelSelector.Of(
            new Requirement("a", SelectorOperator.In, ["x"]), new Requirement("b", SelectorOperator.NotIn, ["x", "y"]));
        Assert.That(one, Is.EqualTo(other));
        Assert.That(one.GetHashCode(), Is.EqualTo(other.GetHashCode()));
        Assert.That(one.ToString(), Is.EqualTo("a=x,b notin (x,y)"));
        Assert.That(one, Is.Not.EqualTo(LabelSelector.Everything));
    }

    [TestCase("a == 'x,b=y'", "a == 'x' && b == 'y'")]
    [TestCase("a not in {'x,y'}", "a not in {'x', 'y'}")]
    public void Selectors_that_only_read_alike_are_not(string one, string other)
    {
        var (first, second) = (Read(one), Read(other));
        Assert.That(first.ToString(), Is.EqualTo(second.ToString()));
        Assert.That(first, Is.Not.EqualTo(second));

        static LabelSelector Read(string text) =>
            SelectorParser.TryParse(text, out var expression, out _) ? LabelSelector.Of(expression) : throw new ArgumentException(text);
    }

    [TestCase("a=x", SelectorOperator.In, "x", true)]
    [TestCase("a=y", SelectorOperator.In, "x", false)]
    [TestCase("b=x", SelectorOperator.In, "x", false)]
    [TestCase("a=x", SelectorOperator.NotIn, "x", false)]
    [TestCase("b=x", SelectorOperator.NotIn, "x", true)]
    [TestCase("a=y", SelectorOperator.Exists, "", true)]
    [TestCase("b=y", SelectorOperator.Exists, "", false)]
    [TestCase("b=y", SelectorOperator.DoesNotExist, "", true)]
    [TestCase("a=y", SelectorOperator.DoesNotExist, "", false)]
    public void A_requirement_on_a_matches(string label, SelectorOperator how, string value, bool expected)
    {
        var labels = LabelSet.Empty.With(label[..1], label[2..]);
        Assert.That(new Requirement("a", how, [value]).Matches(labels), Is.EqualTo(expected));
    }

    [Test]
    public void Members_are_those_a_scan_would_find_after_any_changes() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var heard = new Recorder();
            var index = new SelectorIndex(heard);
            var pods = new Dictionary<NamespacedName, PodView>();
            var namespaces = new Dictionary<string, NamespaceView>();
            var sets = new Dictionary<NamespacedName, NetworkSetView>();
            var accounts = new Dictionary<NamespacedName, ServiceAccountView>();
            var held = new List<SelectedPods>();
            for (var step = 0; step < 120; step++)
            {
                var pod = Pod(random);
                var home = Namespaces[random.Next(3)];
                switch (random.Next(12))
                {
                    case 8:
                        var set = NetworkSet(random);
                        sets[set.Name] = set;
                        index.UpsertNet(EndpointKinds.NetworkSets, set.Name, set.Labels, set.Nets);
                        break;
                    case 9:
                        var lost = NetworkSet(random).Name;
                        sets.Remove(lost);
                        index.RemoveNet(EndpointKinds.NetworkSets, lost);
                        break;
                    case 10:
                        var account = new ServiceAccountView(new NamespacedName(home, $"sa{random.Next(2)}"), Labels(random));
                        accounts[account.Name] = account;
                        index.UpsertAccount(account);
                        break;
                    case 11:
                        var nobody = new NamespacedName(home, $"sa{random.Next(2)}");
                        accounts.Remove(nobody);
                        index.RemoveAccount(nobody);
                        break;
                    case 0 or 1 or 2:
                        index.UpsertPod(pods[pod.Name] = pod);
                        break;
                    case 3:
                        index.RemovePod(pod.Name);
                        pods.Remove(pod.Name);
                        break;
                    case 4:
                        index.UpsertNamespace(namespaces[home] = new NamespaceView(home, Labels(random)));
                        break;
                    case 5:
                        index.RemoveNamespace(home);
                        namespaces.Remove(home);
                        break;
                    case 6 when held.Count > 0:
                        var gone = held[random.Next(held.Count)];
                        held.Remove(gone);
                        index.Release(gone);
                        break;
                    default:
                        var selected = index.Acquire(Selection(random));
                        held.Add(selected);
                        heard.Members[selected] = [.. selected.Members.Select(member => member.View.Name)];
                        heard.Nets[selected] = [.. selected.Nets.SelectMany(net => net.Nets.Items)];
                        break;
                }

                foreach (var selected in held)
                {
                    var scan = pods.Values
                        .Where(one => selected.Selection.Matches(
                            one, namespaces.GetValueOrDefault(one.Name.Namespace),
                            accounts.GetValueOrDefault(new NamespacedName(one.Name.Namespace, one.ServiceAccount))))
                        .Select(one => one.Name).ToList();
                    Assert.That(selected.Members.Select(member => member.View.Name), Is.EquivalentTo(scan), () => $"{selected.Selection}");
                    Assert.That(heard.Members[selected], Is.EquivalentTo(scan), () => $"told of {selected.Selection}");
                    var setScan = sets.Values
                        .Where(one => selected.Selection.Matches(one, namespaces.GetValueOrDefault(one.Name.Namespace))).ToList();
                    Assert.That(selected.Nets.Select(net => net.Name), Is.EquivalentTo(setScan.Select(one => one.Name)), () => $"{selected.Selection}");
                    Assert.That(heard.Nets[selected], Is.EquivalentTo(setScan.SelectMany(one => one.Nets.Items).Distinct()), () => $"told of {selected.Selection}");
                    Assert.That(selected.Members.All(member => member.View == pods[member.View.Name] && member.Selections.Contains(selected)));
                }
            }
        },
        iter: 60);

    private static PodView Pod(Random random) => new()
    {
        Name = new NamespacedName(Namespaces[random.Next(3)], $"p{random.Next(4)}"),
        Labels = Labels(random),
        Finished = random.Next(10) == 0,
        ServiceAccount = $"sa{random.Next(2)}",
        Addresses = [new Address(Routing.Policy.Rules.IpFamily.V4, (UInt128)random.Next(3))],
    };

    private static NetworkSetView NetworkSet(Random random) => new(
        new NamespacedName(random.Next(2) == 0 ? "" : Namespaces[random.Next(3)], $"s{random.Next(2)}"),
        Labels(random),
        [new Cidr(new Address(Routing.Policy.Rules.IpFamily.V4, (UInt128)random.Next(3)), 32)]);

    private static PodSelection Selection(Random random) => new(
        random.Next(4) switch
        {
            0 => new NamespaceScope.Any(),
            1 => new NamespaceScope.Named(Namespaces[random.Next(3)]),
            _ => new NamespaceScope.Labelled(Selector(random)),
        },
        random.Next(3) == 0 ? Expression(random) : Selector(random))
    {
        Kinds = (EndpointKinds)random.Next(1, 8),
    };

    /// <summary>In Calico's language, with derived labels.</summary>
    private static LabelSelector Expression(Random random)
    {
        string[] conditions =
        [
            "pcns.a == 'x'", "pcns.b != 'y'", "has(pcns.c)", "pcsa.a == 'x'", "!has(pcsa.b)", "a == 'x'", "has(b)", "global()",
            "projectcalico.org/namespace == 'red'", "projectcalico.org/orchestrator == 'k8s'", "pcns.projectcalico.org/name in {'red', 'blue'}",
            "projectcalico.org/serviceaccount == 'sa1'", "a contains 'y'", "!(a == 'x' && b == 'y')",
        ];
        var text = string.Join(
            random.Next(2) == 0 ? " && " : " || ",
            Enumerable.Range(0, random.Next(1, 4)).Select(_ => conditions[random.Next(conditions.Length)]));
        Assert.That(Routing.Policy.Translate.Calico.SelectorParser.TryParse(text, out var expression, out _));
        return LabelSelector.Of(expression);
    }

    private static LabelSelector Selector(Random random) => LabelSelector.Of(
        Enumerable.Range(0, random.Next(3)).Select(_ =>
        {
            var how = (SelectorOperator)random.Next(4);
            EquatableArray<string> values = how is SelectorOperator.In or SelectorOperator.NotIn
                ? [Values[random.Next(3)], Values[random.Next(3)]]
                : [];
            return new Requirement(Keys[random.Next(3)], how, values);
        }).ToList());

    private static LabelSet Labels(Random random) => LabelSet.From(
        Keys.Where(_ => random.Next(2) == 0).ToDictionary(key => key, _ => Values[random.Next(3)]));

    /// <summary>Keeps members from events alone.</summary>
    private sealed class Recorder : ISelectionListener
    {
        public Dictionary<SelectedPods, HashSet<NamespacedName>> Members { get; } = [];

        public Dictionary<SelectedPods, HashSet<Cidr>> Nets { get; } = [];

        public void OnNetsChanged(SelectedPods selected) => Nets[selected] = [.. selected.Nets.SelectMany(net => net.Nets.Items)];

        public void OnChanged(SelectedPods selected, PodRecord pod)
        {
            if (selected.Members.Contains(pod))
            {
                Members[selected].Add(pod.View.Name);
            }
            else
            {
                Members[selected].Remove(pod.View.Name);
            }
        }
    }
}
