using System.Collections.Immutable;
using k8s.Models;
using Routing.Policy.Model;
using Routing.Policy.Translate.Calico;

namespace Routing.Tests.Policy;

/// <summary>What Calico's kinds can say, put into a small cluster, from a seed.</summary>
internal sealed class RandomCalico(int seed)
{
    /// <summary>How many policies are about host endpoints: one of each layer, and more of some.</summary>
    public const int HostPolicies = 6;

    private static readonly string[] Homes = ["red", "green", "blue"];
    private static readonly string[] Tiers = ["default", "first", "last", "missing"];
    private static readonly string[] Nets =
    [
        "10.0.0.0/8", "10.1.0.0/16", "10.1.0.0/29", "10.2.0.3", "192.0.2.0/24", "192.0.2.128/25", "fd00:1::/64", "fd00:2::4",
        "2001:db8::/32", "10.1.0.2/31", "0.0.0.0/0",
    ];

    private static readonly string[] Selectors =
    [
        "all()", "app == 'a'", "app != 'a'", "has(tier)", "!has(tier)", "app in {'a', 'b'}", "tier not in {'a'}", "app contains 'a'",
        "app == 'a' || tier == 'b'", "!(app == 'a' && has(tier))", "pcns.app == 'b'", "pcsa.app == 'a'", "set == 'x'", "has(set)",
        "projectcalico.org/serviceaccount == 'sa1'", "projectcalico.org/orchestrator == 'k8s'", "set starts with 'x' || app == 'c'",
    ];

    private static readonly HostLayer[] HostLayers = Enum.GetValues<HostLayer>();

    private readonly Random _random = new(seed);
    private bool _mayNamePorts; // what a name means at a packet that goes through a host is not asked

    /// <summary>The cluster with Calico's objects around its own.</summary>
    public ClusterView Around(ClusterView cluster, int policies = 6)
    {
        cluster = cluster with
        {
            Pods = cluster.Pods.ToImmutableDictionary(
                pod => pod.Key, pod => pod.Value with { ServiceAccount = $"sa{_random.Next(3)}" }),
            ServiceAccounts = (from home in Homes from i in new[] { 0, 1 } select new NamespacedName(home, $"sa{i}"))
                .ToImmutableDictionary(name => name, name => new ServiceAccountView(name, Labels("app"))),
            NetworkSets = Enumerable.Range(0, 4).Select(NetworkSet).ToImmutableDictionary(set => set.Name),
            HostEndpoints = RandomCluster.Nodes.Index().Where(_ => Chance(0.8)).Select(node => HostEndpoint(node.Index))
                .ToImmutableDictionary(endpoint => endpoint.Name),
            ServiceSlices = Enumerable.Range(0, 6).Select(Slice).ToImmutableDictionary(slice => slice.Name),
            Tiers = new[] { new Tier(10, "first", Chance(0.5)), new Tier(5_000_000, "last", Chance(0.5)) }
                .ToImmutableDictionary(tier => tier.Name),
        };
        foreach (var policy in Enumerable.Range(0, policies).Select(Policy).Concat(Enumerable.Range(0, HostPolicies).Select(HostPolicy)))
        {
            cluster = cluster with { Policies = cluster.Policies.SetItem(policy.Key, policy) };
        }

        return cluster;
    }

    /// <summary>A network set of this number, with other luck each time; the first two are in no namespace.</summary>
    public NetworkSetView NetworkSet(int number) => new(
        new NamespacedName(number < 2 ? "" : Homes[number % 3], $"set-{number}"),
        Labels("set"),
        [.. Some(3, () => Pick(Nets)).Select(net => Cidr.TryParse(net, out var cidr) ? cidr : Cidr.Of(Address.Parse(net)))]);

    /// <summary>The host endpoint of a node: its interface by name or by address, or all of them.</summary>
    public HostEndpointView HostEndpoint(int node)
    {
        EquatableArray<Address> addresses = [Address.Parse($"172.16.0.{node + 1}"), Address.Parse($"fd00:ffff::{node + 1}")];
        var name = Pick(SimulatedCluster.Uplink, "", HostEndpointView.AllInterfaces);
        return new HostEndpointView
        {
            Name = $"host-{node}",
            NodeName = RandomCluster.Nodes[node],
            InterfaceName = name,
            Addresses = name == HostEndpointView.AllInterfaces && Chance(0.5) ? [] : addresses,
            Labels = Labels("set"),
            NamedPorts = [new NamedPort("http", TransportProtocol.Tcp, Pick<ushort>(80, 8080))],
            IsOpen = Chance(0.3),
        };
    }

    /// <summary>A slice of this number, likewise.</summary>
    public ServiceSliceView Slice(int number) => new(
        new NamespacedName(Homes[number % 3], $"slice-{number}"), Pick("web", "db"),
        [.. Some(3, () => Address.Parse(Pick(RandomCluster.AddressesOf(_random.Next(9), _random.Next(2)))))],
        [.. Some(2, () => Pick(RandomCluster.Ports)).Select(port => new PortSpec.Numbers(
            Pick(TransportProtocol.Tcp, TransportProtocol.Udp), port, port))]);

    /// <summary>A policy that is mostly about host endpoints, likewise.</summary>
    public PolicySpec HostPolicy(int number)
    {
        var layer = number < HostLayers.Length ? HostLayers[number] : Pick(HostLayers);
        _mayNamePorts = layer != HostLayer.Forward;
        var spec = new CalicoPolicySpec
        {
            Tier = Pick(Tiers),
            Order = Pick(500.0, 1000.0, 1500.0),
            Selector = Pick("all()", "has(set)", "!has(tier)", "set == 'x' || tier == 'b'"),
            Types = layer == HostLayer.PreDnat || Chance(0.2) ? null : ["Ingress", "Egress"],
            Ingress = [.. Some(5, () => Rule(isGlobal: true, isIngress: true))],
            Egress = layer == HostLayer.PreDnat ? [] : [.. Some(5, () => Rule(isGlobal: true, isIngress: false))],
            ApplyOnForward = layer != HostLayer.Local,
            DoNotTrack = layer == HostLayer.Untracked,
            PreDnat = layer == HostLayer.PreDnat,
        };
        var policy = CalicoPolicyTranslator.Translate(
            new CalicoGlobalNetworkPolicyResource { Metadata = new V1ObjectMeta { Name = $"host-{number}" }, Spec = spec });
        Assert.That(policy.Problems, Is.Empty);
        return policy;
    }

    /// <summary>A policy of this number, likewise; translated, and without a mistake.</summary>
    public PolicySpec Policy(int number)
    {
        _mayNamePorts = true;
        var isGlobal = number % 2 == 0;
        var home = isGlobal ? "" : Homes[number % 3];
        var spec = new CalicoPolicySpec
        {
            Tier = Pick(Tiers),
            Order = Chance(0.2) ? null : Pick(500.0, 1000.0, 1500.0),
            Selector = Chance(0.2) ? null : Pick(Selectors),
            ServiceAccountSelector = Chance(0.2) ? "app == 'a'" : null,
            NamespaceSelector = isGlobal && Chance(0.3) ? Pick("app == 'a'", "!has(app)", "all()") : null,
            Types = Chance(0.5) ? null : ["Ingress", "Egress"],
            Ingress = [.. Some(3, () => Rule(isGlobal, isIngress: true))],
            Egress = [.. Some(3, () => Rule(isGlobal, isIngress: false))],
        };
        var metadata = new V1ObjectMeta { Name = $"calico-{number}", NamespaceProperty = isGlobal ? null : home };
        var policy = isGlobal
            ? CalicoPolicyTranslator.Translate(new CalicoGlobalNetworkPolicyResource { Metadata = metadata, Spec = spec })
            : CalicoPolicyTranslator.Translate(new CalicoNetworkPolicyResource { Metadata = metadata, Spec = spec });
        Assert.That(policy.Problems, Is.Empty);
        return policy with { IsStaged = Chance(0.1) };
    }

    private CalicoRule Rule(bool isGlobal, bool isIngress)
    {
        var protocol = Pick("TCP", "UDP", "SCTP", "UDPLite", "ICMP", "ICMPv6", "47", "253", null, null);
        var hasPorts = protocol is "TCP" or "UDP" or "SCTP" or "UDPLite";
        var isIcmp = protocol is "ICMP" or "ICMPv6";
        var isService = Chance(0.15);
        var peer = isService
            ? new CalicoEntityRule { Services = new CalicoServiceMatch { Name = Pick("web", "db"), Namespace = Pick(Homes) } }
            : Entity(isGlobal);
        var own = Chance(0.2) ? Entity(isGlobal) : null;
        var (source, destination) = isIngress ? (peer, own) : (own, peer);
        if (hasPorts && !(isService && !isIngress))
        {
            destination ??= new CalicoEntityRule();
            destination.Ports = Chance(0.5) ? [.. Some(2, Port)] : null;
            destination.NotPorts = Chance(0.3) ? [.. Some(2, Port)] : null;
        }

        if (hasPorts && Chance(0.1))
        {
            source ??= new CalicoEntityRule();
            source.Ports = Chance(0.7) ? [new NumberOrText(Pick("1024:65535", "1:1023"))] : null;
            source.NotPorts = source.Ports is null ? [new NumberOrText(Pick("1024:65535", "1:1023"))] : null;
        }

        return new CalicoRule
        {
            Action = Pick("Allow", "Allow", "Deny", "Pass", "Log"),
            Protocol = protocol is null ? null : new NumberOrText(protocol),
            NotProtocol = protocol is null && Chance(0.3) ? new NumberOrText(Pick("UDP", "ICMP", "253")) : null,
            Icmp = isIcmp && Chance(0.5) ? Message(protocol!) : null,
            NotIcmp = isIcmp && Chance(0.3) ? Message(protocol!) : null,
            IpVersion = Chance(0.15) ? Pick(4, 6) : null,
            Source = source,
            Destination = destination,
        };
    }

    private CalicoIcmp Message(string protocol) => protocol == "ICMP"
        ? Pick(new CalicoIcmp { Type = 8 }, new CalicoIcmp { Type = 8, Code = 1 }, new CalicoIcmp { Type = 3, Code = 1 })
        : Pick(new CalicoIcmp { Type = 128 }, new CalicoIcmp { Type = 128, Code = 0 }, new CalicoIcmp { Type = 135 });

    private CalicoEntityRule Entity(bool isGlobal)
    {
        var nets = Chance(0.3) ? Some(2, () => Pick(Nets)) : [];
        var notNets = Chance(0.2) ? Some(2, () => Pick(Nets)) : [];
        return new()
        {
            Nets = nets.Count > 0 || Chance(0.1) ? nets : null,
            NotNets = notNets.Count > 0 && AreMistaken(nets, notNets) ? null : notNets,
            Selector = Chance(0.6) ? Pick(Selectors) : null,
            NotSelector = Chance(0.2) ? Pick(Selectors) : null,
            NamespaceSelector = Chance(0.3) ? Pick("all()", "global()", "app == 'a'", "app != 'b'") : null,
            ServiceAccounts = Chance(0.1) ? new CalicoServiceAccountMatch { Names = isGlobal ? ["sa0", "sa1"] : ["sa1"] } : null,
        };
    }

    /// <summary>Blocks of one IP version, but for some of the other.</summary>
    private static bool AreMistaken(List<string> nets, List<string> notNets)
    {
        static IEnumerable<bool> Versions(List<string> texts) => texts.Select(text => text.Contains(':', StringComparison.Ordinal)).Distinct();

        return nets.Count > 0 && !Versions(nets).Intersect(Versions(notNets)).Any();
    }

    private NumberOrText Port() =>
        new(_mayNamePorts ? Pick("80", "81", "50:100", "8080:9000", "http", "dns") : Pick("80", "81", "50:100", "8080:9000", "22"));

    private LabelSet Labels(string key) =>
        LabelSet.From(new[] { key, "tier" }.Where(_ => Chance(0.6)).ToDictionary(one => one, _ => Pick("a", "b", "x")));

    private List<T> Some<T>(int atMost, Func<T> make) => [.. Enumerable.Range(0, _random.Next(atMost + 1)).Select(_ => make())];

    private bool Chance(double probability) => _random.NextDouble() < probability;

    private T Pick<T>(params T[] items) => items[_random.Next(items.Length)];
}
