using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Routing.Policy.Model;

namespace Routing.Policy.Selectors;

/// <summary>Which pod has an address (<see cref="AddressOwnership"/>), kept true as pods come and go.</summary>
internal sealed class AddressOwners
{
    // Those that show it, the one that has it first: one but for the moment in which it goes from one to another.
    private readonly Dictionary<Address, ImmutableArray<PodRecord>> _owners = [];

    /// <summary>The pod that has it; null for none.</summary>
    public PodRecord? Of(Address address) => _owners.TryGetValue(address, out var owners) ? owners[0] : null;

    /// <summary>So many addresses are about to come.</summary>
    public void EnsureCapacity(int addresses) => _owners.EnsureCapacity(addresses);

    /// <summary>A pod shows addresses.</summary>
    /// <param name="pod">As it is from now on.</param>
    /// <param name="others">Takes the pods that have lost one to it.</param>
    public void Add(PodRecord pod, ICollection<PodRecord> others)
    {
        if (!pod.View.IsSelectable)
        {
            return;
        }

        foreach (var address in pod.View.Addresses)
        {
            ref var owners = ref CollectionsMarshal.GetValueRefOrAddDefault(_owners, address, out _);
            if (owners.IsDefault)
            {
                owners = [pod];
            }
            else if (!owners.Contains(pod))
            {
                var first = owners[0];
                owners = owners.Add(pod).Sort(static (one, other) => AddressOwnership.Compare(one.View, other.View));
                if (owners[0] == pod)
                {
                    others.Add(first);
                }
            }
        }
    }

    /// <summary>A pod shows these addresses no more.</summary>
    /// <param name="pod">Which.</param>
    /// <param name="view">As it was when they came.</param>
    /// <param name="others">Takes the pods that have got one by that.</param>
    public void Remove(PodRecord pod, PodView view, ICollection<PodRecord> others)
    {
        foreach (var address in view.Addresses)
        {
            if (!_owners.TryGetValue(address, out var owners) || !owners.Contains(pod))
            {
                continue;
            }

            if (owners.Length == 1)
            {
                _owners.Remove(address);
                continue;
            }

            _owners[address] = owners.Remove(pod);
            if (owners[0] == pod)
            {
                others.Add(owners[1]);
            }
        }
    }
}
