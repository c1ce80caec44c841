using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Selectors;

namespace Routing.Policy.Compile;

/// <summary>A peer that is asked for every address by itself: it has conditions on who it is beside those on the address, or
/// against who it is.</summary>
internal sealed class AskedEntity
{
    private readonly PeerSpec.Entity _entity;
    private readonly SelectedPods? _selected;
    private readonly SelectedPods? _not;
    private readonly AddressRanges _nets;
    private readonly AddressRanges _notNets;
    private readonly AddressRanges _selectedNets;
    private readonly AddressRanges _notSelectedNets;

    public AskedEntity(int rule, PeerSpec.Entity entity, SelectedPods? selected, SelectedPods? not)
    {
        (Rule, _entity, _selected, _not) = (rule, entity, selected, not);
        _nets = new AddressRanges(Ranges(entity.Nets.Items));
        _notNets = new AddressRanges(Ranges(entity.NotNets.Items));
        _selectedNets = new AddressRanges(NetsOf(selected));
        _notSelectedNets = new AddressRanges(NetsOf(not));
    }

    /// <summary>The rule's place.</summary>
    public int Rule { get; }

    /// <summary>True when it may be somebody who is in none of the <see cref="Cuts"/>.</summary>
    public bool MayBeAnybody => _selected is null && _nets.IsEmpty;

    /// <summary>The ranges within which all addresses that are nobody's get the same answer.</summary>
    public IEnumerable<AddressRange> Cuts =>
        Ranges(_entity.Nets.Items).Concat(Ranges(_entity.NotNets.Items)).Concat(NetsOf(_selected)).Concat(NetsOf(_not));

    /// <summary>The addresses of a selection's network sets and host endpoints.</summary>
    public static IEnumerable<AddressRange> NetsOf(SelectedPods? selected) =>
        selected is { Nets.Count: > 0 } ? selected.Nets.SelectMany(net => Ranges(net.Nets.Items)) : [];

    /// <summary>True when it is the peer that has the address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="owner">The pod that has it; null for none.</param>
    public bool Matches(Address address, PodRecord? owner)
    {
        if ((!_nets.IsEmpty && !_nets.Contains(address)) || _notNets.Contains(address) || _notSelectedNets.Contains(address))
        {
            return false;
        }

        var isSelected = _selected is null || _selectedNets.Contains(address);
        return owner is null
            ? isSelected
            : (isSelected || _selected!.Members.Contains(owner)) && _not?.Members.Contains(owner) != true;
    }

    private static IEnumerable<AddressRange> Ranges(ImmutableArray<Cidr> nets) => nets.Select(net => net.Range);
}
