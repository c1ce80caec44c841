using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Policy.Analysis;

/// <summary>Ends of flows that no policy tells apart, in any of the clusters compared: pods, addresses of nodes, or addresses
/// of nobody in the cluster (the world). What holds for one of them holds for all.</summary>
public sealed class EndClass
{
    /// <summary>Its index in <see cref="FlowClasses.Classes"/>.</summary>
    public int Id { get; internal init; }

    /// <summary>Pods, in order of their names; empty when it is none of pods.</summary>
    public ImmutableArray<NamespacedName> Pods { get; internal init; } = [];

    /// <summary>Nodes whose addresses are meant; empty when it is none of nodes.</summary>
    public ImmutableArray<string> Nodes { get; internal init; } = [];

    /// <summary>Addresses outside the cluster, in order, of one IP version; empty when it is none of these.</summary>
    public ImmutableArray<AddressRange> Ranges { get; internal init; } = [];

    /// <summary>One of them, in each cluster.</summary>
    internal ImmutableArray<ResolvedEnd> Ends { get; init; }

    /// <summary>In each cluster, for IPv4 and IPv6, a bit for each of the peers that policies name.</summary>
    internal ImmutableArray<(ulong[] V4, ulong[] V6)> Peers { get; init; }

    /// <summary>The IP versions over which a flow between the two can go; null for two pods that have no address yet.</summary>
    public ImmutableArray<IpFamily?> FamiliesWith(EndClass other) => PolicyEvaluator.CommonFamilies(Ends[0], other.Ends[0]);

    /// <summary>As a flow names one of them.</summary>
    public FlowEnd Example() => Pods.IsEmpty ? new FlowEnd.Address(Ends[0].Addresses[0]) : new FlowEnd.Pod(Pods[0]);
}
