using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Policy.Analysis;

/// <summary>
/// All flows there can be, in classes within which no policy tells one from another: ends by what selectors and blocks of
/// addresses make of them, ports by where rules begin and end. A question about everything is then a question for each
/// class, and a cluster has far fewer of these than of pods and ports. Several clusters are cut by each other's policies,
/// so that they can be compared class by class. Host-network pods are their nodes, and a node that has a host endpoint is that; pods
/// that have finished are left out.
/// </summary>
public sealed class FlowClasses
{
    private FlowClasses(PortSpace ports, ImmutableArray<EndClass> classes, ImmutableArray<PeerTable> tables) =>
        (Ports, Classes, Tables) = (ports, classes, tables);

    /// <summary>The ports.</summary>
    public PortSpace Ports { get; }

    /// <summary>The ends: pods, then nodes and host endpoints, then the world.</summary>
    public ImmutableArray<EndClass> Classes { get; }

    /// <summary>The clusters.</summary>
    internal ImmutableArray<PeerTable> Tables { get; }

    /// <summary>Cuts.</summary>
    /// <param name="clusters">At least one; of several, pods that are not in all are left out.</param>
    /// <param name="port">One more port that shall stand alone.</param>
    public static FlowClasses Of(IReadOnlyList<ClusterView> clusters, (TransportProtocol Protocol, ushort Port)? port = null)
    {
        var (ports, addresses) = (new PortCuts(), new AddressCuts());
        foreach (var cluster in clusters)
        {
            ports.Add(cluster);
            addresses.Add(cluster);
        }

        if (clusters.Any(cluster => !cluster.HostEndpoints.IsEmpty))
        {
            foreach (var safe in Enum.GetValues<Direction>().SelectMany(direction => FailsafePorts.Default.Of(direction).Items))
            {
                ports.Add(safe.Protocol, safe.Low, safe.High);
            }
        }

        if (port is { } alone)
        {
            ports.Add(alone.Protocol, alone.Port, alone.Port);
        }

        ImmutableArray<PeerTable> tables = [.. clusters.Select(cluster => new PeerTable(cluster))];
        var classes = new List<EndClass>();
        AddPods(tables, classes);
        AddNodes(tables, classes);
        AddWorld(tables, addresses, classes);
        return new FlowClasses(new PortSpace(ports.Segments()), [.. classes], tables);
    }

    /// <summary>What one of the clusters says.</summary>
    /// <param name="cluster">Its index among those that were given.</param>
    public ClassVerdicts VerdictsOf(int cluster) => new(this, cluster);

    /// <summary>The same, asked class by class where a part of them would do: for tests.</summary>
    internal ClassVerdicts VerdictsByClass(int cluster) => new(this, cluster, asksEach: true);

    private static void AddPods(ImmutableArray<PeerTable> tables, List<EndClass> classes)
    {
        var groups = new Dictionary<string, PodGroup>(StringComparer.Ordinal);
        foreach (var name in tables[0].Cluster.Pods.Values.Where(pod => pod.IsSelectable).Select(pod => pod.Name).Order())
        {
            if (!tables.All(table => table.Cluster.Pods.TryGetValue(name, out var pod) && pod.IsSelectable))
            {
                continue;
            }

            ImmutableArray<ResolvedEnd> ends = [.. tables.Select(table => ResolvedEnd.Of(new FlowEnd.Pod(name), table.Cluster))];
            ImmutableArray<(ulong[] V4, ulong[] V6)> peers = [.. tables.Select((table, i) => table.BitsOf(ends[i]))];
            var key = new StringBuilder();
            for (var i = 0; i < tables.Length; i++)
            {
                Append(key, peers[i].V4);
                Append(key, peers[i].V6);
                Append(key, tables[i].SubjectBitsOf(ends[i].Pod!));
                var names = ends[i].Pod!.NamedPorts.Items.Where(port => tables[i].Names.Contains((port.Protocol, port.Name)));
                key.AppendJoin(',', names.Select(port => $"{port.Protocol}:{port.Name}:{port.Number}").Order(StringComparer.Ordinal));
                AppendServices(key, tables[i], ends[i]);
                key.Append('|').AppendJoin(',', ends[i].Addresses.Select(address => address.Family).Distinct().Order());
            }

            if (!groups.TryGetValue(key.ToString(), out var group))
            {
                groups.Add(key.ToString(), group = new PodGroup(ImmutableArray.CreateBuilder<NamespacedName>(), ends, peers));
            }

            group.Pods.Add(name);
        }

        foreach (var (pods, ends, peers) in groups.Values)
        {
            classes.Add(new EndClass { Id = classes.Count, Pods = pods.ToImmutable(), Ends = ends, Peers = peers });
        }
    }

    private static void AddNodes(ImmutableArray<PeerTable> tables, List<EndClass> classes)
    {
        var nodes = tables.SelectMany(table => table.Cluster.Nodes.Values).Where(node => node.Addresses.Count > 0)
            .GroupBy(node => node.Name).Select(same => same.Last()).OrderBy(node => node.Name, StringComparer.Ordinal)
            .Select(node => (Node: node.Name, Addresses: node.Addresses.Items, Hosts: HostsOf(tables, node))).ToList();
        AddAddresses(
            nodes.Where(node => node.Hosts.Names.IsEmpty).Select(node => (node.Node, node.Addresses)), tables, classes,
            (same, id, ends, peers) => new EndClass { Id = id, Nodes = [.. same], Ends = ends, Peers = peers });
        AddAddresses(
            nodes.Where(node => !node.Hosts.Names.IsEmpty).Select(node => (node.Hosts, node.Addresses)).Concat(OtherHosts(
                tables, [.. nodes.SelectMany(node => node.Hosts.Names)], [.. nodes.SelectMany(node => node.Addresses)])),
            tables, classes,
            (same, id, ends, peers) => new EndClass
            {
                Id = id,
                Hosts = [.. same.SelectMany(host => host.Names).Distinct().Order(StringComparer.Ordinal)],
                HostViews = same[0].Views,
                Ends = ends,
                Peers = peers,
            },
            host => string.Join('|', host.Views.Select((view, i) => $"{tables[i].SignatureOf(view.V4)}|{tables[i].SignatureOf(view.V6)}")));
    }

    /// <summary>The host endpoints that stand for a node's own address.</summary>
    private static HostEnd HostsOf(ImmutableArray<PeerTable> tables, NodeView node)
    {
        return new HostEnd([.. tables.Select(table => (Of(table, IpFamily.V4), Of(table, IpFamily.V6)))]);

        HostEndpointView? Of(PeerTable table, IpFamily family) =>
            node.Addresses.Items.Where(address => address.Family == family).Select(address => (Address?)address).FirstOrDefault() is { } one
                ? HostEvaluator.EndpointOf(table.Cluster, node.Name, one)
                : null;
    }

    /// <summary>The others that say what addresses they have: of other links, and of nodes that are not in the manifests.</summary>
    private static IEnumerable<(HostEnd Host, ImmutableArray<Address> Addresses)> OtherHosts(
        ImmutableArray<PeerTable> tables, HashSet<string> known, HashSet<Address> taken) => tables
        .SelectMany(table => table.Cluster.HostEndpoints.Values)
        .Where(host => host is { NodeName.Length: > 0, Addresses.Count: > 0 }
            && !known.Contains(host.Name) && !host.Addresses.Items.Any(taken.Contains))
        .GroupBy(host => host.Name).OrderBy(same => same.Key, StringComparer.Ordinal).Select(same => (
            new HostEnd([.. tables.Select(table => table.Cluster.HostEndpoints.GetValueOrDefault(same.Key)).Select(host => (V4: host, V6: host))]),
            same.Last().Addresses.Items));

    private static void AddWorld(ImmutableArray<PeerTable> tables, AddressCuts cuts, List<EndClass> classes)
    {
        var taken = tables.SelectMany(table => table.Cluster.Pods.Values).SelectMany(pod => pod.Addresses.Items)
            .Concat(tables.SelectMany(table => table.Cluster.Nodes.Values).SelectMany(node => node.Addresses.Items))
            .Concat(classes.Where(one => !one.Hosts.IsEmpty).SelectMany(one => one.Ends[0].Addresses)).ToHashSet();
        var free = new List<(AddressRange Range, ImmutableArray<Address> Addresses)>();
        foreach (var range in cuts.Ranges())
        {
            // An address of nobody's stands for the range; one that the cluster fills has none.
            var value = range.Low;
            while (value < range.High && taken.Contains(new Address(range.Family, value)))
            {
                value++;
            }

            if (!taken.Contains(new Address(range.Family, value)))
            {
                free.Add((range, [new Address(range.Family, value)]));
            }
        }

        AddAddresses(free, tables, classes,
            (same, id, ends, peers) => new EndClass { Id = id, Ranges = [.. same], Ends = ends, Peers = peers });
    }

    private static void AddAddresses<T>(
        IEnumerable<(T Name, ImmutableArray<Address> Addresses)> items,
        ImmutableArray<PeerTable> tables,
        List<EndClass> classes,
        Func<IReadOnlyList<T>, int, ImmutableArray<ResolvedEnd>, ImmutableArray<(ulong[], ulong[])>, EndClass> make,
        Func<T, string>? keyOf = null)
    {
        var groups = new Dictionary<string, (List<T> Names, ResolvedEnd End, ImmutableArray<(ulong[], ulong[])> Peers)>(StringComparer.Ordinal);
        foreach (var (name, addresses) in items)
        {
            var end = new ResolvedEnd($"{addresses[0]}", null, null, addresses);
            ImmutableArray<(ulong[] V4, ulong[] V6)> peers = [.. tables.Select(table => table.BitsOf(end))];
            var key = new StringBuilder();
            for (var i = 0; i < tables.Length; i++)
            {
                Append(key, peers[i].V4);
                Append(key, peers[i].V6);
                AppendServices(key, tables[i], end);
            }

            key.AppendJoin(',', addresses.Select(address => address.Family).Distinct().Order()).Append(keyOf?.Invoke(name));
            if (!groups.TryGetValue(key.ToString(), out var group))
            {
                groups.Add(key.ToString(), group = ([], end, peers));
            }

            group.Names.Add(name);
        }

        foreach (var (names, end, peers) in groups.Values)
        {
            classes.Add(make(names, classes.Count, [.. tables.Select(_ => end)], peers));
        }
    }

    /// <summary>Which endpoints of Services it is: two of one Service may serve different ports.</summary>
    private static void AppendServices(StringBuilder key, PeerTable table, ResolvedEnd end)
    {
        if (table.UsesServices)
        {
            key.Append('|').AppendJoin(',', table.Cluster.ServiceSlices.Values
                .Where(slice => end.Addresses.Any(address => slice.Addresses.Items.Contains(address)))
                .Select(slice => $"{slice.Name}").Order(StringComparer.Ordinal));
        }
    }

    private static void Append(StringBuilder key, ulong[] bits) =>
        key.Append(MemoryMarshal.Cast<ulong, char>(bits)).Append('|');

    /// <summary>Pods that are alike so far, with what one of them is in each cluster.</summary>
    private sealed record PodGroup(
        ImmutableArray<NamespacedName>.Builder Pods, ImmutableArray<ResolvedEnd> Ends, ImmutableArray<(ulong[], ulong[])> Peers);

    /// <summary>A host as each cluster sees it.</summary>
    private sealed record HostEnd(ImmutableArray<(HostEndpointView? V4, HostEndpointView? V6)> Views)
    {
        public ImmutableArray<string> Names { get; } =
            [.. Views.SelectMany(view => new[] { view.V4, view.V6 }).OfType<HostEndpointView>().Select(host => host.Name).Distinct()];
    }
}
