using Routing.Policy.Compile;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Reference;

namespace Routing.Tests.Policy.Netns;

/// <summary>A cluster on one node that changes at random, from a seed: told to a <see cref="NodePolicy"/> as the watches and CNI
/// calls would tell it, and kept beside it for the evaluator.</summary>
internal sealed class RandomChanges
{
    private const string Node = "n1";
    private const int Policies = 6;

    private readonly Random _random;
    private readonly RandomCluster _luck;
    private readonly RandomCalico _calico;
    private readonly int _pods;
    private readonly HashSet<NamespacedName> _endpoints = [];
    private readonly Dictionary<NamespacedName, int> _numbers = [];

    private readonly ReportOptions? _reports;
    private readonly bool _isHost;

    /// <param name="seed">What happens.</param>
    /// <param name="pods">How many there are.</param>
    /// <param name="reports">What rules report and count.</param>
    /// <param name="isHost">The node may have a host endpoint of its own.</param>
    public RandomChanges(int seed, int pods, ReportOptions? reports = null, bool isHost = false)
    {
        (_reports, _isHost) = (reports, isHost);
        (_random, _luck, _calico, _pods) = (new Random(seed), new RandomCluster(seed), new RandomCalico(seed), pods);
        var cluster = _calico.Around(_luck.Make(pods, policies: 3, nodes: 1), policies: 3);
        Cluster = isHost ? cluster : cluster with { HostEndpoints = cluster.HostEndpoints.Clear() }; // as peers they come and go
        for (var i = 0; i < pods; i++)
        {
            var pod = Pod(i);
            _numbers.Add(pod.Name, i);
            Cluster = Cluster with { Pods = Cluster.Pods.SetItem(pod.Name, pod) };
            _endpoints.Add(pod.Name);
        }

        Policy = Afresh();
    }

    /// <summary>As it is now.</summary>
    public ClusterView Cluster { get; private set; }

    /// <summary>What was told of each change.</summary>
    public NodePolicy Policy { get; private set; }

    /// <summary>An agent that has just started: it knows the lists, and the attachments that were saved.</summary>
    public void Restart() => Policy = Afresh();

    /// <summary>What such an agent would know.</summary>
    /// <param name="reports">When it is told to report and count otherwise.</param>
    public NodePolicy Afresh(ReportOptions? reports = null)
    {
        var policy = new NodePolicy(Node, reports ?? _reports);
        foreach (var pod in _endpoints)
        {
            policy.SetEndpoint(Endpoint(pod));
        }

        policy.Replace(Cluster);
        if (_isHost)
        {
            policy.SetHostInterfaces(SimulatedCluster.Uplinks(Cluster, Node));
        }

        return policy;
    }

    /// <summary>Whether packets of the probe get through now: its pods are known and have an interface, and the evaluator allows
    /// it.</summary>
    public bool Allows(Probe probe, PolicyEvaluator evaluator) =>
        IsOpen(probe.From) && IsOpen(probe.To)
        && evaluator.Evaluate(new Flow(new FlowEnd.Address(probe.From), new FlowEnd.Address(probe.To), probe.Protocol, probe.Port)).Allowed;

    /// <summary>Changes one thing.</summary>
    /// <returns>What, for the message of a test that fails.</returns>
    public string Step()
    {
        if (_isHost && _random.Next(2) == 0)
        {
            return HostStep(_random.Next(RandomCalico.HostPolicies));
        }

        var number = _random.Next(_pods);
        return _random.Next(32) switch
        {
            < 7 => UpsertPod(Pod(number)),
            7 => RemovePod(Pod(number).Name),
            < 11 => SetEndpoint(Pod(number).Name),
            11 => RemoveEndpoint(Pod(number).Name),
            < 15 => UpsertPolicy(_luck.Policy(_random.Next(Policies))),
            < 17 => UpsertPolicy(InTierOfItsOwn(_luck.Anything(_luck.Policy(_random.Next(Policies))))),
            < 20 => UpsertPolicy(_calico.Policy(_random.Next(Policies))),
            < 23 => RemovePolicy(_luck.Policy(_random.Next(Policies)).Key),
            < 26 => RemovePolicy(_calico.Policy(_random.Next(Policies)).Key),
            26 => Namespace(),
            27 => NetworkSet(_random.Next(4)),
            28 => ServiceSlice(_random.Next(3)),
            29 => ServiceAccount(),
            30 => TierOf(_random.Next(2) == 0 ? "first" : "last"),
            _ => HostEndpoint(),
        };
    }

    /// <summary>Not in one that Calico's changes are about: its policies know of their tier only the name.</summary>
    private static PolicySpec InTierOfItsOwn(PolicySpec policy) =>
        policy.Tier.Name == "last" ? policy with { Tier = policy.Tier with { Name = "others" } } : policy;

    private bool IsOpen(Address address) =>
        !_numbers.Any(pod => Holds(pod.Value, address))
        || _numbers.Any(pod => Holds(pod.Value, address) && _endpoints.Contains(pod.Key)
            && Cluster.Pods.GetValueOrDefault(pod.Key) is { IsSelectable: true });

    private static bool Holds(int pod, Address address) => Array.IndexOf(RandomCluster.AddressesOf(pod, 0), address.ToString()) >= 0;

    private string UpsertPod(PodView pod)
    {
        Cluster = Cluster with { Pods = Cluster.Pods.SetItem(pod.Name, pod) };
        Policy.UpsertPod(pod);
        return $"pod {pod.Name} is {pod.Labels}{(pod.Finished ? ", finished" : "")}";
    }

    private string RemovePod(NamespacedName pod)
    {
        Cluster = Cluster with { Pods = Cluster.Pods.Remove(pod) };
        Policy.RemovePod(pod);
        return $"pod {pod} went";
    }

    private string SetEndpoint(NamespacedName pod)
    {
        _endpoints.Add(pod);
        Policy.SetEndpoint(Endpoint(pod));
        return $"interface of {pod} came";
    }

    private string RemoveEndpoint(NamespacedName pod)
    {
        _endpoints.Remove(pod);
        Policy.RemoveEndpoint(Endpoint(pod).InterfaceName);
        return $"interface of {pod} went";
    }

    private string UpsertPolicy(PolicySpec policy)
    {
        Cluster = Cluster with { Policies = Cluster.Policies.SetItem(policy.Key, policy) };
        Policy.UpsertPolicy(policy);
        return $"{policy.Key} came or changed";
    }

    private string RemovePolicy(PolicyKey policy)
    {
        Cluster = Cluster with { Policies = Cluster.Policies.Remove(policy) };
        Policy.RemovePolicy(policy);
        return $"{policy} went";
    }

    private string Namespace()
    {
        var home = Cluster.Namespaces[RandomHome()] with { Labels = _luck.Pod(0).Labels };
        Cluster = Cluster with { Namespaces = Cluster.Namespaces.SetItem(home.Name, home) };
        Policy.UpsertNamespace(home);
        return $"namespace {home.Name} is {home.Labels}";
    }

    private string NetworkSet(int number)
    {
        var set = _calico.NetworkSet(number);
        var goes = _random.Next(3) == 0;
        var all = Cluster.NetworkSets;
        Cluster = Cluster with { NetworkSets = goes ? all.Remove(set.Name) : all.SetItem(set.Name, set) };
        Tell(goes, () => Policy.RemoveNetworkSet(set.Name), () => Policy.UpsertNetworkSet(set));
        return $"network set {set.Name} {Word(goes)}";
    }

    private string ServiceSlice(int number)
    {
        var slice = _calico.Slice(number);
        var goes = _random.Next(3) == 0;
        var all = Cluster.ServiceSlices;
        Cluster = Cluster with { ServiceSlices = goes ? all.Remove(slice.Name) : all.SetItem(slice.Name, slice) };
        Tell(goes, () => Policy.RemoveServiceSlice(slice.Name), () => Policy.UpsertServiceSlice(slice));
        return $"slice {slice.Name} {Word(goes)}";
    }

    private string ServiceAccount()
    {
        var name = new NamespacedName(RandomHome(), $"sa{_random.Next(3)}");
        var account = new ServiceAccountView(name, LabelSet.Empty.With("app", _random.Next(2) == 0 ? "a" : "b"));
        var goes = _random.Next(3) == 0;
        Cluster = Cluster with
        {
            ServiceAccounts = goes ? Cluster.ServiceAccounts.Remove(account.Name) : Cluster.ServiceAccounts.SetItem(account.Name, account),
        };
        Tell(goes, () => Policy.RemoveServiceAccount(account.Name), () => Policy.UpsertServiceAccount(account));
        return $"service account {account.Name} {Word(goes)}";
    }

    private string TierOf(string name)
    {
        var tier = new Tier(_random.Next(3) * 4_000_000, name, _random.Next(2) == 0);
        var goes = _random.Next(3) == 0;
        Cluster = Cluster with { Tiers = goes ? Cluster.Tiers.Remove(name) : Cluster.Tiers.SetItem(name, tier) };
        Tell(goes, () => Policy.RemoveTier(name), () => Policy.UpsertTier(tier));
        return $"tier {name} {Word(goes)}";
    }

    private string HostStep(int number) => _random.Next(8) switch
    {
        0 => HostEndpoint(_calico.HostEndpoint(node: 0)),
        < 6 => UpsertPolicy(_calico.HostPolicy(number)),
        _ => RemovePolicy(_calico.HostPolicy(number).Key),
    };

    private string HostEndpoint() => HostEndpoint(new HostEndpointView
    {
        Name = "elsewhere", NodeName = RandomCluster.Nodes[1], Addresses = [RandomCluster.Externals[_random.Next(2)]], Labels = LabelSet.Empty.With("set", _random.Next(2) == 0 ? "x" : "a"),
    });

    private string HostEndpoint(HostEndpointView host)
    {
        var goes = _random.Next(3) == 0;
        var all = Cluster.HostEndpoints;
        Cluster = Cluster with { HostEndpoints = goes ? all.Remove(host.Name) : all.SetItem(host.Name, host) };
        Tell(goes, () => Policy.RemoveHostEndpoint(host.Name), () => Policy.UpsertHostEndpoint(host));
        return $"host endpoint {host.Name} {Word(goes)}";
    }

    private string RandomHome() =>
        Cluster.Namespaces.Keys.Order(StringComparer.Ordinal).ElementAt(_random.Next(Cluster.Namespaces.Count));

    private static void Tell(bool goes, Action remove, Action upsert) => (goes ? remove : upsert)();

    private static string Word(bool goes) => goes ? "went" : "came or changed";

    /// <summary>The addresses of each pod stay: a namespace has them.</summary>
    private PodView Pod(int number) => _luck.Pod(number) with
    {
        HostNetwork = false,
        NodeName = Node,
        Addresses = Addresses(number),
        ServiceAccount = $"sa{_random.Next(3)}",
    };

    private LocalEndpoint Endpoint(NamespacedName pod) => new($"rt-p{_numbers[pod]}", pod, "", Addresses(_numbers[pod]));

    private static EquatableArray<Address> Addresses(int number) =>
        RandomCluster.AddressesOf(number, 0).Select(Address.Parse).ToEquatableArray();
}
