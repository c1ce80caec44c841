using System.Runtime.CompilerServices;
using System.Collections.Immutable;

namespace Routing.Policy.Model;

/// <summary>Whose an address is that several pods show. It goes to the next pod as soon as one has let go of it, and until the API server
/// shows that, both have it there. Compiler, evaluator and whoever else asks say the same: it belongs to the pod that has it on this
/// node, else to the one that was made last, and of two made in the same second to the one whose name comes first.</summary>
public static class AddressOwnership
{
    // A view does not change, and building a table costs less than looking through all pods for each flow.
    private static readonly ConditionalWeakTable<ImmutableDictionary<NamespacedName, PodView>, Dictionary<Address, PodView>> Tables = [];

    /// <summary>Negative when the first has what both show.</summary>
    public static int Compare(PodView one, PodView other) =>
        one.IsAttached != other.IsAttached ? other.IsAttached.CompareTo(one.IsAttached)
        : one.Created != other.Created ? other.Created.CompareTo(one.Created)
        : one.Name.CompareTo(other.Name);

    /// <summary>The pod, among those that can be selected, that has an address; null for none.</summary>
    public static PodView? OwnerOf(this ClusterView cluster, Address address) =>
        Tables.GetValue(cluster.Pods, static pods => Table(pods.Values)).GetValueOrDefault(address);

    private static Dictionary<Address, PodView> Table(IEnumerable<PodView> pods)
    {
        var owners = new Dictionary<Address, PodView>();
        foreach (var pod in pods.Where(pod => pod.IsSelectable))
        {
            foreach (var address in pod.Addresses)
            {
                if (!owners.TryGetValue(address, out var other) || Compare(pod, other) < 0)
                {
                    owners[address] = pod;
                }
            }
        }

        return owners;
    }
}
