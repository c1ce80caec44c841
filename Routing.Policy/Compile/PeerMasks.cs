using System.Runtime.InteropServices;
using Routing.Policy.Model;
using Routing.Policy.Selectors;

namespace Routing.Policy.Compile;

/// <summary>Which rules of a stage match a peer by who it is: by the selections that hold the pods that have an address, by the address
/// alone, and by domain names that stand for it.</summary>
/// <param name="rules">How many rules the stage has.</param>
/// <param name="domains">What names stand for, at any time.</param>
internal sealed class PeerMasks(int rules, DomainTable domains)
{
    private readonly SmallMap<SelectedPods, ulong[]> _bySelection = new();

    // What few stages have is made when it is needed: a cluster has ten thousands of them.
    private Dictionary<Address, ulong[]>? _byAddress;
    private Dictionary<DomainPattern, ulong[]>? _byDomain;

    /// <summary>The rules that match members of a selection, to add to.</summary>
    public ulong[] Of(SelectedPods selected) => _bySelection.GetValueRefOrAddDefault(selected, out _) ??= RuleMask.Empty(rules);

    /// <summary>Those that match an address.</summary>
    public ulong[] Of(Address address) => Of(_byAddress ??= [], address);

    /// <summary>Those that match what a name stands for.</summary>
    public ulong[] Of(DomainPattern pattern) => Of(_byDomain ??= [], pattern);

    /// <summary>Adds the rules that match an address.</summary>
    /// <param name="mask">Takes them.</param>
    /// <param name="address">The address.</param>
    /// <param name="owner">The pod that has it; null for none.</param>
    public void AddTo(ulong[] mask, Address address, PodRecord? owner)
    {
        if (owner is not null)
        {
            AddSelections(owner, mask);
        }

        if (_byAddress is not null && _byAddress.TryGetValue(address, out var named))
        {
            RuleMask.Add(mask, named);
        }

        if (_byDomain is not null)
        {
            foreach (var pattern in domains.PatternsOf(address))
            {
                if (_byDomain.TryGetValue(pattern, out var matching))
                {
                    RuleMask.Add(mask, matching);
                }
            }
        }
    }

    /// <summary>Tells the addresses that are matched so now.</summary>
    /// <param name="addresses">Takes them.</param>
    /// <param name="within">Where they have to be; null for anywhere.</param>
    public void AddAddresses(HashSet<Address> addresses, AddressRanges? within)
    {
        foreach (var (selected, _) in _bySelection)
        {
            AddMembers(selected, addresses, within);
        }

        var named = (_byAddress?.Keys ?? Enumerable.Empty<Address>()).Concat(_byDomain?.Keys.SelectMany(domains.AddressesOf) ?? []);
        addresses.UnionWith(named.Where(address => within?.Contains(address) != false));
    }

    /// <summary>Likewise, those that some of the rules match.</summary>
    public void AddAddresses(HashSet<Address> addresses, ulong[] some)
    {
        foreach (var (selected, mask) in _bySelection)
        {
            if (RuleMask.Overlap(some, mask))
            {
                AddMembers(selected, addresses, null);
            }
        }

        foreach (var (address, mask) in _byAddress ?? [])
        {
            if (RuleMask.Overlap(some, mask))
            {
                addresses.Add(address);
            }
        }

        foreach (var (pattern, mask) in _byDomain ?? [])
        {
            if (RuleMask.Overlap(some, mask))
            {
                addresses.UnionWith(domains.AddressesOf(pattern));
            }
        }
    }

    private static void AddMembers(SelectedPods selected, HashSet<Address> addresses, AddressRanges? within)
    {
        foreach (var pod in selected.Members)
        {
            foreach (var address in pod.View.Addresses)
            {
                if (within?.Contains(address) != false)
                {
                    addresses.Add(address);
                }
            }
        }
    }

    private void AddSelections(PodRecord owner, ulong[] mask)
    {
        if (owner.Selections.Count < _bySelection.Count)
        {
            foreach (var selected in owner.Selections)
            {
                if (_bySelection.TryGetValue(selected, out var matching))
                {
                    RuleMask.Add(mask, matching);
                }
            }

            return;
        }

        foreach (var (selected, matching) in _bySelection)
        {
            if (owner.Selections.Contains(selected))
            {
                RuleMask.Add(mask, matching);
            }
        }
    }

    private ulong[] Of<TKey>(Dictionary<TKey, ulong[]> masks, TKey key)
        where TKey : notnull => CollectionsMarshal.GetValueRefOrAddDefault(masks, key, out _) ??= RuleMask.Empty(rules);
}
