using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Policy.Analysis;

/// <summary>The distinct peers that a cluster's policies name, by number, and which of them an end is.</summary>
internal sealed class PeerTable
{
    // Services are told apart by port as well, which is asked when the rule is; here only whether the address is one.
    private static readonly Flow AnyFlow = new PortSegment(null, 0, 0).Flow(
        new FlowEnd.Address(new Address(IpFamily.V4, 0)), new FlowEnd.Address(new Address(IpFamily.V4, 0)));

    private readonly Dictionary<PeerSpec, int> _numbers = [];
    private readonly List<PeerSpec> _peers = [];

    // By the namespaces that can hold whom they mean; those that may mean others than pods stand under the empty name.
    private readonly ILookup<string, int> _peersOf;
    private readonly ILookup<string, int> _policiesOf;

    public PeerTable(ClusterView cluster)
    {
        Matcher = new RuleMatcher(cluster);
        Cluster = cluster;
        foreach (var peer in cluster.Policies.Values
            .SelectMany(policy => (policy.Ingress?.Rules.Items ?? []).Concat(policy.Egress?.Rules.Items ?? []))
            .SelectMany(rule => rule.Peers.Items.Concat(rule.Own.Items)))
        {
            if (_numbers.TryAdd(peer, _peers.Count))
            {
                _peers.Add(peer);
            }
        }

        Policies = [.. cluster.Policies.Values.Where(policy => !policy.IsStaged && policy.Subject is not null)
            .OrderBy(cluster.TierOf).ThenBy(policy => policy.Order).ThenBy(policy => policy.Key)];
        Names = [.. cluster.Policies.Values
            .SelectMany(policy => (policy.Ingress?.Rules.Items ?? []).Concat(policy.Egress?.Rules.Items ?? []))
            .SelectMany(rule => rule.Ports.Items.Concat(rule.NotPorts.Items).Concat(rule.SourcePorts.Items).Concat(rule.NotSourcePorts.Items))
            .OfType<PortSpec.Named>().Select(named => (named.Protocol, named.Name))];
        UsesServices = _peers.Exists(peer => peer is PeerSpec.Service);
        var homes = cluster.Pods.Values.Where(pod => pod.IsSelectable).Select(pod => pod.Name.Namespace).Distinct().ToList();
        var scopes = new Dictionary<NamespaceScope, List<string>>();
        _peersOf = ByHome(_peers.Select(peer => (peer as PeerSpec.Pods)?.Selection));
        _policiesOf = ByHome(Policies.Select(policy => policy.Subject));

        ILookup<string, int> ByHome(IEnumerable<PodSelection?> selections) => selections.Index()
            .SelectMany(one => HomesOf(one.Item), (one, home) => (home, one.Index)).ToLookup(one => one.home, one => one.Index);

        List<string> HomesOf(PodSelection? selection)
        {
            if (selection is null || !MeansPodsAlone(selection))
            {
                return [""];
            }

            if (!scopes.TryGetValue(selection.Scope, out var inScope))
            {
                scopes.Add(selection.Scope, inScope =
                    homes.FindAll(home => selection.Scope.Matches(home, cluster.Namespaces.GetValueOrDefault(home))));
            }

            return inScope;
        }
    }

    /// <summary>The cluster.</summary>
    public ClusterView Cluster { get; }

    /// <summary>Asks single conditions.</summary>
    public RuleMatcher Matcher { get; }

    /// <summary>Those that are enforced, in the order asked.</summary>
    public PolicySpec[] Policies { get; }

    /// <summary>Port names that rules ask for.</summary>
    public HashSet<(TransportProtocol Protocol, string Name)> Names { get; }

    /// <summary>How many peers there are.</summary>
    public int Count => _peers.Count;

    /// <summary>True when some peer is a Service.</summary>
    public bool UsesServices { get; }

    /// <summary>The number of a peer.</summary>
    public int NumberOf(PeerSpec peer) => _numbers[peer];

    /// <summary>A bit for each peer that the end is, over each IP version.</summary>
    public (ulong[] V4, ulong[] V6) BitsOf(ResolvedEnd end)
    {
        var (v4, v6) = (new ulong[(_peers.Count + 63) / 64], new ulong[(_peers.Count + 63) / 64]);
        foreach (var i in end.Pod is { } pod ? _peersOf[pod.Name.Namespace] : [])
        {
            // Whoever it is, is meant whatever the address.
            var isMeant = Matcher.PeerMatches(_peers[i], end, IpFamily.V4, isDestination: false, AnyFlow);
            Set(v4, i, isMeant);
            Set(v6, i, isMeant);
        }

        foreach (var i in _peersOf[""])
        {
            Set(v4, i, Matcher.PeerMatches(_peers[i], end, IpFamily.V4, isDestination: false, AnyFlow));
            Set(v6, i, Matcher.PeerMatches(_peers[i], end, IpFamily.V6, isDestination: false, AnyFlow));
        }

        return (v4, v6);
    }

    /// <summary>A bit for each policy that selects the pod.</summary>
    public ulong[] SubjectBitsOf(PodView pod)
    {
        var bits = new ulong[(Policies.Length + 63) / 64];
        foreach (var i in Selecting(pod))
        {
            Set(bits, i, true);
        }

        return bits;
    }

    /// <summary>The places in <see cref="Policies"/> of those that select the pod, in order.</summary>
    public IEnumerable<int> Selecting(PodView pod) => _policiesOf[""].Union(_policiesOf[pod.Name.Namespace])
        .Where(i => Matcher.Selects(Policies[i].Subject!, pod)).Order();

    /// <summary>Network sets and host endpoints are meant by their addresses, which others have too.</summary>
    private bool MeansPodsAlone(PodSelection selection) =>
        selection.Kinds == EndpointKinds.Pods || (Cluster.NetworkSets.IsEmpty && Cluster.HostEndpoints.IsEmpty);

    /// <summary>What makes host endpoints alike as subjects: the policies that select them, their profiles and their ports' names.</summary>
    public string SignatureOf(HostEndpointView? host) => host is null ? "" : string.Join(',', [
        $"{host.IsOpen}",
        .. Policies.Index().Where(policy => policy.Item.Subject!.Matches(host)).Select(policy => $"{policy.Index}"),
        .. host.NamedPorts.Items.Select(port => $"{port}").Order(StringComparer.Ordinal)]);

    private static void Set(ulong[] bits, int index, bool value)
    {
        if (value)
        {
            bits[index >> 6] |= 1UL << (index & 63);
        }
    }
}
