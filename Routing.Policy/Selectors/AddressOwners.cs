using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Routing.Policy.Model;

namespace Routing.Policy.Selectors;

/// <summary>Which pods have an address, among those that can be selected: one, or more for the moment in which the address goes from
/// one to another.</summary>
internal sealed class AddressOwners
{
    private readonly Dictionary<Address, ImmutableArray<PodRecord>> _owners = [];

    /// <summary>The pods that have it.</summary>
    public ImmutableArray<PodRecord> Of(Address address) => _owners.GetValueOrDefault(address, []);

    /// <summary>So many addresses are about to come.</summary>
    public void EnsureCapacity(int addresses) => _owners.EnsureCapacity(addresses);

    /// <summary>A pod has addresses.</summary>
    public void Add(PodRecord pod, PodView view)
    {
        if (!view.IsSelectable)
        {
            return;
        }

        foreach (var address in view.Addresses)
        {
            ref var owners = ref CollectionsMarshal.GetValueRefOrAddDefault(_owners, address, out _);
            if (owners.IsDefault)
            {
                owners = [pod];
            }
            else if (!owners.Contains(pod))
            {
                owners = owners.Add(pod);
            }
        }
    }

    /// <summary>A pod has these addresses no more.</summary>
    public void Remove(PodRecord pod, PodView view)
    {
        foreach (var address in view.Addresses)
        {
            if (_owners.TryGetValue(address, out var owners))
            {
                owners = owners.Remove(pod);
                if (owners.IsEmpty)
                {
                    _owners.Remove(address);
                }
                else
                {
                    _owners[address] = owners;
                }
            }
        }
    }
}
