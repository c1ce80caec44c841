using k8s.Models;
using Routing.Policy.Model;
using Routing.Policy.Translate.ClusterPolicies;

namespace Routing.Tests.Policy;

/// <summary>What the kinds of policy.networking.k8s.io can say, put into a small cluster, from a seed.</summary>
internal sealed class RandomClusterPolicies(int seed)
{
    private static readonly Type[] Kinds =
    [
        typeof(ClusterNetworkPolicyResource), typeof(ClusterNetworkPolicyResource), typeof(AdminNetworkPolicyResource),
        typeof(BaselineAdminNetworkPolicyResource),
    ];

    private readonly Random _random = new(seed);
    private readonly RandomCluster _luck = new(seed);

    /// <summary>The cluster with such policies beside its own, and with what names stand for.</summary>
    public ClusterView Around(ClusterView cluster, int policies = 4) => cluster with
    {
        Policies = cluster.Policies.SetItems(
            Enumerable.Range(0, policies).Select(Policy).Select(policy => KeyValuePair.Create(policy.Key, policy))),
        Domains = cluster.Domains.SetItems(RandomCluster.Names.Select(name => KeyValuePair.Create(name, _luck.NameAddresses()))),
    };

    /// <summary>A policy of this number, with other luck each time; translated, and without a mistake.</summary>
    public PolicySpec Policy(int number)
    {
        var resource = (ClusterPolicyResource)Activator.CreateInstance(Kinds[number % Kinds.Length])!;
        var isBaseline = resource is BaselineAdminNetworkPolicyResource;
        resource.Metadata = new V1ObjectMeta { Name = isBaseline ? "default" : $"policy-{number}" };
        resource.Spec = new ClusterPolicySpec
        {
            Tier = resource is ClusterNetworkPolicyResource ? Pick("Admin", "Baseline") : null,
            Priority = isBaseline ? null : _random.Next(3),
            Subject = Pods(),
            Ingress = [.. Some(0, 3, () => Rule(resource, isIngress: true))],
            Egress = [.. Some(0, 3, () => Rule(resource, isIngress: false))],
        };
        var policy = ClusterPolicyTranslator.Translate(resource);
        Assert.That(policy.Problems, Is.Empty);
        return policy;
    }

    private ClusterPolicyRule Rule(ClusterPolicyResource policy, bool isIngress)
    {
        var isNew = policy is ClusterNetworkPolicyResource;
        var accept = isNew ? "Accept" : "Allow";
        var action = policy is BaselineAdminNetworkPolicyResource ? Pick(accept, "Deny") : Pick(accept, accept, "Deny", "Pass");
        var peers = Some(1, 2, () => isIngress || Chance(0.5) ? Pods() : Others(action == accept));
        var mayName = peers.TrueForAll(peer => peer.Pods is not null || peer.Namespaces is not null);
        return new ClusterPolicyRule
        {
            Action = action,
            From = isIngress ? peers : null,
            To = isIngress ? null : peers,
            Ports = isNew ? null : Some(0, 2, () => Port(mayName)),
            Protocols = isNew ? Some(0, 2, () => Protocol(mayName)) : null,
        };
    }

    private ClusterPolicyPeer Pods() => Chance(0.4)
        ? new ClusterPolicyPeer { Namespaces = _luck.Selector() }
        : new ClusterPolicyPeer { Pods = new ClusterPolicyPods { NamespaceSelector = _luck.Selector(), PodSelector = _luck.Selector() } };

    private ClusterPolicyPeer Others(bool mayNameDomains) => _random.Next(mayNameDomains ? 4 : 3) switch
    {
        0 => new ClusterPolicyPeer
        {
            Nodes = new ClusterPolicySelector { MatchLabels = new Dictionary<string, string> { [RandomCluster.NodeLabel] = Pick(RandomCluster.Nodes) } },
        },
        1 or 2 => new ClusterPolicyPeer { Networks = Some(1, 2, () => Pick(RandomCluster.Blocks)) },
        _ => new ClusterPolicyPeer { DomainNames = Some(1, 2, () => Pick(RandomCluster.Names).ToString()) },
    };

    private AdminPolicyPort Port(bool mayName) => _random.Next(mayName ? 3 : 2) switch
    {
        0 => new AdminPolicyPort { PortNumber = new AdminPolicyPortNumber { Protocol = Transport(), Port = Pick(RandomCluster.Ports) } },
        1 => new AdminPolicyPort { PortRange = new AdminPolicyPortRange { Protocol = Transport(), Start = Pick(RandomCluster.Ports), End = 9000 } },
        _ => new AdminPolicyPort { NamedPort = Pick(RandomCluster.PortNames) },
    };

    private ClusterPolicyProtocol Protocol(bool mayName)
    {
        if (mayName && Chance(0.25))
        {
            return new ClusterPolicyProtocol { DestinationNamedPort = Pick(RandomCluster.PortNames) };
        }

        var transport = new ClusterPolicyTransport
        {
            DestinationPort = _random.Next(3) switch
            {
                0 => null,
                1 => new ClusterPolicyPort { Number = Pick(RandomCluster.Ports) },
                _ => new ClusterPolicyPort { Range = new ClusterPolicyPortRange { Start = Pick(RandomCluster.Ports), End = 9000 } },
            },
        };
        return Transport() switch
        {
            "TCP" => new ClusterPolicyProtocol { Tcp = transport },
            "UDP" => new ClusterPolicyProtocol { Udp = transport },
            _ => new ClusterPolicyProtocol { Sctp = transport },
        };
    }

    private string Transport() => Pick("TCP", "UDP", "SCTP");

    private List<T> Some<T>(int atLeast, int atMost, Func<T> make) =>
        [.. Enumerable.Range(0, _random.Next(atLeast, atMost + 1)).Select(_ => make())];

    private bool Chance(double probability) => _random.NextDouble() < probability;

    private T Pick<T>(params T[] items) => items[_random.Next(items.Length)];
}
