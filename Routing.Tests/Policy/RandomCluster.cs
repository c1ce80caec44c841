using System.Collections.Immutable;
using k8s.Models;
using Routing.Policy.Model;
using Routing.Policy.Rules;
using Routing.Policy.Translate;
using Routing.Policy.Translate.ClusterPolicies;

namespace Routing.Tests.Policy;

/// <summary>Small clusters with everything NetworkPolicy can say, from a seed: few labels, ports and addresses, so that
/// selectors meet pods and rules meet each other often.</summary>
internal sealed class RandomCluster(int seed)
{
    public static readonly string[] Nodes = ["n1", "n2"];
    public static readonly ushort[] Ports = [53, 80, 81, 8080, 9000];

    /// <summary>Addresses outside the cluster, on both sides of the blocks below.</summary>
    public static readonly Address[] Externals =
        [.. new[] { "192.0.2.1", "192.0.2.130", "198.51.100.7", "2001:db8::1", "2001:db8:8000::1" }.Select(Address.Parse)];

    /// <summary>What each node's name stands at.</summary>
    public const string NodeLabel = "kubernetes.io/hostname";

    private static readonly string[] Namespaces = ["red", "green", "blue"];
    private static readonly string[] Keys = ["app", "tier"];
    private static readonly string[] Values = ["a", "b", "c"];

    /// <summary>Blocks of addresses inside and outside the cluster, some within others.</summary>
    public static readonly string[] Blocks =
    [
        "0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.0.0/29", "10.2.0.3/32", "192.0.2.0/24", "192.0.2.128/25", "::/0",
        "fd00::/16", "fd00:1::/64", "fd00:2::4/128", "2001:db8::/32", "2001:db8:8000::/33", "10.1.0.2/31",
    ];

    /// <summary>Both sides of what systems choose for themselves, which is what flows have here.</summary>
    private static readonly PortSpec[] SourcePorts =
    [
        new PortSpec.Numbers(TransportProtocol.Tcp, 1024, ushort.MaxValue), new PortSpec.Numbers(TransportProtocol.Tcp, 0, 1023),
        new PortSpec.Numbers(TransportProtocol.Udp, 53, 53), new PortSpec.Numbers(TransportProtocol.Udp, 1024, ushort.MaxValue),
    ];

    /// <summary>What containers call their ports.</summary>
    public static readonly string[] PortNames = ["http", "dns"];

    /// <summary>Names that rules allow.</summary>
    public static readonly DomainPattern[] Names =
        [.. new[] { "www.example.com", "*.example.com", "example.net" }.Select(DomainPattern.Parse)];

    private readonly Random _random = new(seed);

    private int _nodes = Nodes.Length;

    /// <param name="pods">How many.</param>
    /// <param name="policies">How many.</param>
    /// <param name="nodes">Over how many of the nodes the pods are spread.</param>
    public ClusterView Make(int pods = 9, int policies = 6, int nodes = 2)
    {
        _nodes = nodes;
        var cluster = new ClusterView
        {
            Namespaces = Namespaces.ToImmutableDictionary(
                name => name, name => NamespaceTranslator.Translate(new V1Namespace
                {
                    Metadata = new V1ObjectMeta { Name = name, Labels = Labels() },
                })),
            Nodes = Nodes.Index().ToImmutableDictionary(node => node.Item, node => new NodeView(
                node.Item,
                [Address.Parse($"172.16.0.{node.Index + 1}"), Address.Parse($"fd00:ffff::{node.Index + 1}")])
                {
                    Labels = LabelSet.Empty.With(NodeLabel, node.Item),
                }),
        };
        for (var i = 0; i < pods; i++)
        {
            var pod = Pod(i);
            cluster = cluster with { Pods = cluster.Pods.Add(pod.Name, pod) };
        }

        for (var i = 0; i < policies; i++)
        {
            var policy = Policy(i);
            cluster = cluster with { Policies = cluster.Policies.Add(policy.Key, policy) };
        }

        return cluster;
    }

    /// <summary>What the pod of this number has, when it has all: one of each IP version.</summary>
    public static string[] AddressesOf(int pod, int node) => [$"10.{node + 1}.0.{pod + 1}", $"fd00:{node + 1}::{pod + 1}"];

    /// <summary>A pod of this number, with other luck each time: for events that change one.</summary>
    public PodView Pod(int number)
    {
        var node = number % _nodes;
        var hostNetwork = Chance(0.08);
        var name = Namespaces[number % Namespaces.Length];
        string[] addresses = hostNetwork
            ? [$"172.16.0.{node + 1}", $"fd00:ffff::{node + 1}"]
            : AddressesOf(number, node);
        string[] held = _random.Next(8) switch { 0 => [addresses[0]], 1 => [addresses[1]], 2 => [], _ => addresses };
        return PodTranslator.Translate(new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = $"p{number}", NamespaceProperty = name, Labels = Labels() },
            Spec = new V1PodSpec
            {
                NodeName = Nodes[node],
                HostNetwork = hostNetwork,
                Containers =
                [
                    new V1Container
                    {
                        Ports = [.. PortNames.Where(_ => Chance(0.6)).Select(port => new V1ContainerPort
                        {
                            Name = port, ContainerPort = Pick(Ports), Protocol = Pick("TCP", "TCP", "UDP", "SCTP"),
                        })],
                    },
                ],
            },
            Status = new V1PodStatus
            {
                Phase = Chance(0.06) ? "Succeeded" : "Running",
                PodIPs = [.. held.Select(ip => new V1PodIP { Ip = ip })],
            },
        });
    }

    /// <summary>The cluster with more pods that show addresses of those it has.</summary>
    public ClusterView Contested(ClusterView cluster)
    {
        var rivals = cluster.Pods.Values.Where(pod => !pod.HostNetwork && pod.Addresses.Count > 0 && Chance(0.5)).Select(Rival).ToList();
        return cluster with
        {
            Pods = cluster.Pods.Values.Select(pod => pod with { Created = Second() }).Concat(rivals)
                .ToImmutableDictionary(pod => pod.Name, pod => pod),
        };
    }

    /// <summary>A pod with the addresses of another, before it, after it or in the same second.</summary>
    public PodView Rival(PodView pod) => Pod(_random.Next(9)) with
    {
        Name = new NamespacedName(Pick(Namespaces), $"{Pick("a", "z")}-{pod.Name.Name}"),
        NodeName = pod.NodeName,
        Addresses = pod.Addresses,
        HostNetwork = false,
        Created = Second(),
    };

    private DateTime Second() => new(2026, 1, 1, 0, 0, _random.Next(3), DateTimeKind.Utc);

    /// <summary>A policy of this number, with other luck each time.</summary>
    public PolicySpec Policy(int number)
    {
        var policy = NetworkPolicyTranslator.Translate(new V1NetworkPolicy
        {
            Metadata = new V1ObjectMeta { Name = $"policy-{number}", NamespaceProperty = Namespaces[number % Namespaces.Length] },
            Spec = new V1NetworkPolicySpec
            {
                PodSelector = Selector(),
                PolicyTypes = _random.Next(4) switch
                {
                    0 => null, 1 => ["Ingress"], 2 => ["Egress"], _ => ["Ingress", "Egress"],
                },
                Ingress = Some(3, () => new V1NetworkPolicyIngressRule { FromProperty = Peers(), Ports = PolicyPorts() }),
                Egress = Some(3, () => new V1NetworkPolicyEgressRule { To = Peers(), Ports = PolicyPorts() }),
            },
        });
        Assert.That(policy.Problems, Is.Empty);
        return policy;
    }

    /// <summary>The cluster with its policies in several tiers.</summary>
    public ClusterView Tiered(ClusterView cluster) => cluster with
    {
        Policies = cluster.Policies.ToImmutableSortedDictionary(entry => entry.Key, entry => Tiered(entry.Value)),
    };

    /// <summary>The policy in some tier, at some place there; outside the tier of NetworkPolicy with verdicts of every kind and
    /// with nodes among its peers.</summary>
    private PolicySpec Tiered(PolicySpec policy)
    {
        var tier = Pick(Tier.Admin, Tier.Default, Tier.Baseline, new Tier(30_000_000, "last", Isolates: true));
        return tier == Tier.Default ? policy : policy with
        {
            Tier = tier,
            Order = _random.Next(3),
            Ingress = Tiered(policy.Ingress),
            Egress = Tiered(policy.Egress),
        };
    }

    /// <summary>The cluster with its policies in several tiers and with everything that the model can say in their
    /// rules.</summary>
    public ClusterView Anything(ClusterView cluster) => cluster with
    {
        NetworkSets = Enumerable.Range(0, 4).Select(NetworkSet).ToImmutableDictionary(set => set.Name),
        HostEndpoints = cluster.Nodes.Values.Select(node => new HostEndpointView
        {
            Name = node.Name, Addresses = node.Addresses, Labels = LabelSet.From(Labels()),
        }).ToImmutableDictionary(host => host.Name),
        ServiceSlices = Enumerable.Range(0, 3).Select(ServiceSlice).ToImmutableDictionary(slice => slice.Name),
        Domains = Names.ToImmutableDictionary(name => name, _ => NameAddresses()),
        Policies = cluster.Policies.ToImmutableSortedDictionary(entry => entry.Key, entry => Anything(entry.Value)),
    };

    /// <summary>What DNS may have said of a name: addresses of anybody, pods too.</summary>
    public ImmutableHashSet<Address> NameAddresses() =>
        [.. Some(3, () => Chance(0.7) ? Pick(Externals) : Address.Parse(Pick(AddressesOf(_random.Next(9), _random.Next(2)))))];

    /// <summary>A network set of this number, with other luck each time; those of even numbers are in no namespace.</summary>
    public NetworkSetView NetworkSet(int number) => new(
        new NamespacedName(number % 2 == 0 ? "" : Namespaces[number % Namespaces.Length], $"set-{number}"),
        LabelSet.From(Labels()),
        [.. Some(3, () => Cidr.Parse(Pick(Blocks)))])
        {
            IsIncomplete = Chance(0.1),
        };

    /// <summary>Likewise, a slice of a Service.</summary>
    public ServiceSliceView ServiceSlice(int number) => new(
        new NamespacedName(Namespaces[0], $"slice-{number}"),
        $"service-{number % 2}",
        [.. Some(3, () => Chance(0.3) ? Pick(Externals) : Address.Parse(Pick(AddressesOf(_random.Next(9), _random.Next(2)))))],
        [.. Some(2, () => new PortSpec.Numbers(TransportProtocol.Tcp, Pick(Ports), 9000))]);

    /// <summary>The same for one policy, with other luck each time.</summary>
    public PolicySpec Anything(PolicySpec policy) => Tiered(policy) with
    {
        Tier = Pick(Tier.Admin, Tier.Default, Tier.Baseline, new Tier(30_000_000, "last", Isolates: true)),
        Order = _random.Next(3),
        Ingress = Anything(policy.Ingress),
        Egress = Anything(policy.Egress),
    };

    private RuleSet? Anything(RuleSet? rules) => rules is null ? null : new RuleSet([.. rules.Rules.Items.Select(rule => Named(rule with
    {
        Verdict = Pick(Enum.GetValues<RuleVerdict>()),
        Peers = Chance(0.5) ? [.. rule.Peers.Items.Select(peer => Chance(0.5) ? OtherPeer(rule) : peer)] : rule.Peers,
        Own = Chance(0.2) ? [Entity(rule)] : [],
        Family = Chance(0.15) ? Pick(Enum.GetValues<IpFamily>()) : null,
        Ports = Chance(0.2) ? [.. rule.Ports.Items, OtherPort(), OtherPort()] : rule.Ports,
        NotPorts = Chance(0.2) ? [OtherPort(), new PortSpec.Numbers(TransportProtocol.Tcp, Pick(Ports), 9500)] : [],
        SourcePorts = Chance(0.1) ? [Pick(SourcePorts)] : [],
        NotSourcePorts = Chance(0.1) ? [Pick(SourcePorts)] : [],
    }))]);

    /// <summary>Only what allows may name domains.</summary>
    private RuleSpec Named(RuleSpec rule) => rule.Verdict != RuleVerdict.Allow || Chance(0.6) ? rule : rule with
    {
        Peers = [.. rule.Peers.Items, new PeerSpec.Domains([Pick(Names), Pick(Names)])],
    };

    /// <summary>No kind can name a Service and a port by its name in one rule.</summary>
    private PeerSpec OtherPeer(RuleSpec rule) => Chance(0.2) && !rule.Ports.Items.Any(port => port is PortSpec.Named)
        ? new PeerSpec.Service(new NamespacedName(Namespaces[0], $"service-{_random.Next(2)}"))
        : Entity(rule);

    private PeerSpec.Entity Entity(RuleSpec rule)
    {
        var known = rule.Peers.Items.OfType<PeerSpec.Pods>().Select(peer => peer.Selection)
            .Append(new PodSelection(new NamespaceScope.Named(Pick(Namespaces)), LabelSelector.Everything))
            .Append(new PodSelection(new NamespaceScope.Any(), LabelSelector.Of(
                new Requirement(Pick(Keys), SelectorOperator.In, [Pick(Values)])))
                {
                    Kinds = Pick(EndpointKinds.All, EndpointKinds.All | EndpointKinds.UnreadNets, EndpointKinds.NetworkSets, EndpointKinds.Pods | EndpointKinds.NetworkSets),
                })
            .ToArray();
        return new PeerSpec.Entity(
            Chance(0.4) ? Pick(known) : null,
            Chance(0.4) ? Pick(known) : null,
            [.. Some(2, () => Cidr.Parse(Pick(Blocks)))],
            [.. Some(2, () => Cidr.Parse(Pick(Blocks)))]);
    }

    private PortSpec OtherPort() => _random.Next(5) switch
    {
        0 => new PortSpec.Icmp(Pick(TransportProtocol.Icmp, TransportProtocol.IcmpV6), null, null),
        1 => new PortSpec.Icmp(TransportProtocol.Icmp, 8, null),
        2 => new PortSpec.Icmp(TransportProtocol.Icmp, 8, 1),
        3 => PortSpec.Numbers.All((TransportProtocol)47),
        _ => new PortSpec.Numbers(TransportProtocol.Tcp, 0, Pick(Ports)),
    };

    private RuleSet? Tiered(RuleSet? rules) => rules is null ? null : new RuleSet([.. rules.Rules.Items.Select(rule => rule with
    {
        Verdict = Pick(RuleVerdict.Allow, RuleVerdict.Deny, RuleVerdict.Pass),
        Peers = rule.Peers.Count > 0 && Chance(0.3)
            ? [.. rule.Peers.Items, new PeerSpec.Nodes(Chance(0.3) ? LabelSelector.Everything : NodeSelector(Pick(Nodes)))]
            : rule.Peers,
    })]);

    private static LabelSelector NodeSelector(string node) =>
        LabelSelector.Of(new Requirement(NodeLabel, SelectorOperator.In, [node]));

    private List<V1NetworkPolicyPeer>? Peers() => Chance(0.15) ? null : Some(3, () => _random.Next(4) switch
    {
        0 => new V1NetworkPolicyPeer { PodSelector = Selector() },
        1 => new V1NetworkPolicyPeer { NamespaceSelector = Selector() },
        2 => new V1NetworkPolicyPeer { NamespaceSelector = Selector(), PodSelector = Selector() },
        _ => new V1NetworkPolicyPeer { IpBlock = IpBlock() },
    });

    private V1IPBlock IpBlock()
    {
        var block = Cidr.Parse(Pick(Blocks));
        var inside = Blocks.Where(one => block.Contains(Cidr.Parse(one)) && block != Cidr.Parse(one)).ToArray();
        return new V1IPBlock
        {
            Cidr = block.ToString(),
            Except = inside.Length == 0 ? null : Some(2, () => Pick(inside)),
        };
    }

    private List<V1NetworkPolicyPort>? PolicyPorts() => Chance(0.3) ? null : Some(3, () =>
    {
        var protocol = Pick("TCP", "UDP", "SCTP", null);
        var low = Pick(Ports);
        return _random.Next(5) switch
        {
            0 => new V1NetworkPolicyPort { Protocol = protocol },
            1 => new V1NetworkPolicyPort { Protocol = protocol, Port = Pick(PortNames) },
            2 => new V1NetworkPolicyPort { Protocol = protocol, Port = low, EndPort = low + _random.Next(0, 2000) },
            _ => new V1NetworkPolicyPort { Protocol = protocol, Port = low },
        };
    });

    /// <summary>One that picks some of the pods, namespaces or network sets here.</summary>
    public ClusterPolicySelector Selector() => new()
    {
        MatchLabels = Chance(0.5) ? Labels() : null,
        MatchExpressions = Chance(0.4)
            ? Some(2, () => _random.Next(4) switch
            {
                0 => new V1LabelSelectorRequirement { Key = Pick(Keys), OperatorProperty = "In", Values = [Pick(Values), Pick(Values)] },
                1 => new V1LabelSelectorRequirement { Key = Pick(Keys), OperatorProperty = "NotIn", Values = [Pick(Values)] },
                2 => new V1LabelSelectorRequirement { Key = Pick(Keys), OperatorProperty = "Exists" },
                _ => new V1LabelSelectorRequirement { Key = Pick(Keys), OperatorProperty = "DoesNotExist" },
            })
            : null,
    };

    private Dictionary<string, string> Labels() => Keys.Where(_ => Chance(0.6)).ToDictionary(key => key, _ => Pick(Values));

    private List<T> Some<T>(int atMost, Func<T> make) => [.. Enumerable.Range(0, _random.Next(atMost + 1)).Select(_ => make())];

    private bool Chance(double probability) => _random.NextDouble() < probability;

    private T Pick<T>(params T[] items) => items[_random.Next(items.Length)];
}
