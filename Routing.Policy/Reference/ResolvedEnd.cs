using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Reference;

/// <summary>An end of a flow with what the cluster knows of it.</summary>
/// <param name="Text">As the flow names it.</param>
/// <param name="Pod">The pod, when it is one that policies can select, or one that has finished.</param>
/// <param name="Node">The node whose own address it is; null when it is none's.</param>
/// <param name="Addresses">What packets carry; empty for a pod that has none yet.</param>
internal sealed record ResolvedEnd(string Text, PodView? Pod, string? Node, ImmutableArray<Address> Addresses)
{
    /// <summary>What rules may call this end's ports; an address that is no pod and no host endpoint has no names.</summary>
    public EquatableArray<NamedPort> PortNames { get; init; } = Pod is { IsSelectable: true } ? Pod.NamedPorts : [];

    /// <summary>Finds out who an end is.</summary>
    /// <exception cref="ArgumentException">The cluster has no such pod.</exception>
    public static ResolvedEnd Of(FlowEnd end, ClusterView cluster)
    {
        switch (end)
        {
            case FlowEnd.Pod(var name):
                if (!cluster.Pods.TryGetValue(name, out var pod))
                {
                    throw new ArgumentException($"there is no pod '{name}'", nameof(end));
                }

                // A pod in its node's network namespace is the node, as far as packets tell.
                return pod.HostNetwork
                    ? new ResolvedEnd(name.ToString(), null, pod.NodeName, NodeAddresses(pod, cluster))
                    : new ResolvedEnd(name.ToString(), pod, null, [.. pod.Addresses.Items.Where(address => IsOf(address, pod, cluster))]);
            case FlowEnd.Address(var address):
                var owner = cluster.OwnerOf(address);
                return owner is null
                    ? new ResolvedEnd(address.ToString(), null, NodeWith(address, cluster), [address])
                    : new ResolvedEnd($"{address} ({owner.Name})", owner, null, [address]);
            default:
                throw new ArgumentException($"'{end}' is no end of a flow", nameof(end));
        }
    }

    /// <summary>The address of an IP version; null when it has none.</summary>
    public Address? Address(IpFamily family)
    {
        foreach (var address in Addresses)
        {
            if (address.Family == family)
            {
                return address;
            }
        }

        return null;
    }

    /// <summary>False for one that another pod has by now.</summary>
    private static bool IsOf(Address address, PodView pod, ClusterView cluster) =>
        !pod.IsSelectable || cluster.OwnerOf(address)?.Name == pod.Name;

    private static ImmutableArray<Address> NodeAddresses(PodView pod, ClusterView cluster) =>
        pod.Addresses.Count > 0 ? pod.Addresses.Items
        : cluster.Nodes.TryGetValue(pod.NodeName, out var node) ? node.Addresses.Items
        : [];

    private static string? NodeWith(Address address, ClusterView cluster) =>
        cluster.Nodes.Values.FirstOrDefault(node => node.Addresses.Items.Contains(address))?.Name
        ?? cluster.Pods.Values
            .Where(pod => pod is { HostNetwork: true, Finished: false })
            .FirstOrDefault(pod => pod.Addresses.Items.Contains(address))
            ?.NodeName;
}
