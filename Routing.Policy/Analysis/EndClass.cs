using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Policy.Analysis;

/// <summary>Ends of flows that no policy tells apart, in any of the clusters compared: pods, host endpoints, addresses of nodes
/// without any, or addresses of nobody in the cluster (the world). What holds for one of them holds for all.</summary>
public sealed class EndClass
{
    /// <summary>Its index in <see cref="FlowClasses.Classes"/>.</summary>
    public int Id { get; internal init; }

    /// <summary>Pods, in order of their names; empty when it is none of pods.</summary>
    public ImmutableArray<NamespacedName> Pods { get; internal init; } = [];

    /// <summary>Names of host endpoints whose hosts' processes are meant; empty when it is none of these.</summary>
    public ImmutableArray<string> Hosts { get; internal init; } = [];

    /// <summary>Nodes whose addresses are meant; empty when it is none of nodes.</summary>
    public ImmutableArray<string> Nodes { get; internal init; } = [];

    /// <summary>Addresses outside the cluster, in order, of one IP version; empty when it is none of these.</summary>
    public ImmutableArray<AddressRange> Ranges { get; internal init; } = [];

    /// <summary>True for pods and host endpoints: policies are about them, not only about others with them.</summary>
    public bool IsSubject => !Pods.IsEmpty || !Hosts.IsEmpty;

    /// <summary>One of them, in each cluster.</summary>
    internal ImmutableArray<ResolvedEnd> Ends { get; init; }

    /// <summary>In each cluster, for IPv4 and IPv6, a bit for each of the peers that policies name.</summary>
    internal ImmutableArray<(ulong[] V4, ulong[] V6)> Peers { get; init; }

    /// <summary>In each cluster the host endpoint of one of the hosts, over IPv4 and IPv6; null where it has none.</summary>
    internal ImmutableArray<(HostEndpointView? V4, HostEndpointView? V6)> HostViews { get; init; } = [];

    /// <summary>The host endpoint of one of the hosts in a cluster; null for none.</summary>
    internal HostEndpointView? HostIn(int view, IpFamily? family) =>
        HostViews.IsEmpty ? null
        : family == IpFamily.V6 ? HostViews[view].V6
        : family == IpFamily.V4 ? HostViews[view].V4
        : HostViews[view].V4 ?? HostViews[view].V6;

    /// <summary>The IP versions over which a flow between the two can go; null for two pods that have no address yet.</summary>
    public ImmutableArray<IpFamily?> FamiliesWith(EndClass other) => Families[Versions & other.Versions];

    /// <summary>What <see cref="FamiliesWith"/> may have.</summary>
    internal static ImmutableArray<IpFamily?> AllFamilies { get; } = [IpFamily.V4, IpFamily.V6, null];

    /// <summary>True when a flow between the two can go over an IP version.</summary>
    internal bool Meets(EndClass other, IpFamily? family) =>
        (Versions & other.Versions) is var common && (family is null || common != AnyVersion) && (common & BitOf(family)) != 0;

    /// <summary>True when there are classes with which flows can go over an IP version.</summary>
    internal bool Speaks(IpFamily? family) => (Versions & BitOf(family)) != 0;

    // There are as many pairs as classes squared: what two have in common is looked up.
    private const int NoAddress = 4;
    private const int AnyVersion = 3 | NoAddress;
    private static readonly ImmutableArray<IpFamily?>[] Families =
        [[], [IpFamily.V4], [IpFamily.V6], [IpFamily.V4, IpFamily.V6], [], [], [], [null]];
    private int _versions;

    /// <summary>A bit for each IP version that its ends have, or may get, and one for those that have no address yet: what
    /// <see cref="FamiliesWith"/> depends on.</summary>
    internal int Versions => _versions != 0 ? _versions : _versions = Ends[0].Addresses.IsEmpty ? AnyVersion
        : (Ends[0].Address(IpFamily.V4) is null ? 0 : 1) | (Ends[0].Address(IpFamily.V6) is null ? 0 : 2);

    /// <summary>As a flow names one of them.</summary>
    public FlowEnd Example() => Pods.IsEmpty ? new FlowEnd.Address(Ends[0].Addresses[0]) : new FlowEnd.Pod(Pods[0]);

    private static int BitOf(IpFamily? family) => family switch { null => NoAddress, IpFamily.V4 => 1, _ => 2 };
}
