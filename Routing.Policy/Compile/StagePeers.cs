using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Routing.Policy.Model;
using Routing.Policy.Rules;
using Routing.Policy.Selectors;

namespace Routing.Policy.Compile;

/// <summary>Which rules of a stage match a peer: by its address, and by the selections that hold the pods that have
/// it.</summary>
internal sealed class StagePeers
{
    private readonly StageRules _stage;
    private readonly DomainTable _domains;
    private readonly SmallMap<SelectedPods, ulong[]> _bySelection = new();
    private readonly ulong[] _scratch;

    // What few stages have is made when it is needed: a cluster has ten thousands of them.
    private readonly HashSet<PortSpec.Named>? _names;
    private readonly ulong[]? _naming; // the rules with names of ports that depend on the peer
    private Dictionary<EquatableArray<NamedPort>, (string Text, ImmutableArray<NamedPort> Names)>? _named;
    private Dictionary<Address, ulong[]>? _byAddress;
    private Dictionary<DomainPattern, ulong[]>? _byDomain;
    private List<AskedEntity>? _entities;
    private readonly ulong[]? _asked; // the rules of _entities
    private readonly ulong[]?[]? _others; // by IP version, the rules that do not go for it
    private List<(AddressRange Range, int Rule)>[]? _ranges;
    private readonly AddressSegments[]? _segments; // made of them

    /// <param name="stage">The rules.</param>
    /// <param name="selected">The selections that the profile holds.</param>
    /// <param name="nodes">What node selectors mean.</param>
    /// <param name="domains">What names stand for, at any time.</param>
    public StagePeers(StageRules stage, SmallMap<PodSelection, SelectedPods> selected, NodeTable nodes, DomainTable domains)
    {
        (_stage, _domains) = (stage, domains);
        var any = Mask();
        _scratch = Mask();
        for (var rule = 0; rule < stage.Rules.Length; rule++)
        {
            var compiled = stage.Rules[rule];
            foreach (var name in compiled.Names)
            {
                (_names ??= []).Add(name);
                RuleMask.Set(_naming ??= Mask(), rule);
            }

            if (compiled.Families != IpFamilies.Both)
            {
                foreach (var family in IpFamiliesExtensions.Each.Where(family => !compiled.Families.Contains(family)))
                {
                    RuleMask.Set((_others ??= [null, null])[(int)family] ??= Mask(), rule);
                }
            }

            if (compiled.Spec.Peers.Count == 0)
            {
                AddEverybody(rule, any);
            }

            var isAsked = compiled.Spec.Peers.Items.Any(IsAsked);
            foreach (var peer in compiled.Spec.Peers)
            {
                AddPeer(rule, isAsked ? AsEntity(peer) : peer, isAsked, any, selected, nodes);
            }
        }

        if (_names is not null && stage.Rules.Any(rule => !rule.Names.IsEmpty && NamesPortsOfAnybody(rule.Spec)))
        {
            OfSelection(selected[PodSelection.Everything]);
        }

        foreach (var entity in _entities ?? [])
        {
            RuleMask.Set(_asked ??= Mask(), entity.Rule);
        }

        Any = new AddressClass(any, stage.Decide(any, []));
        if (_ranges is not null)
        {
            _segments = [.. IpFamiliesExtensions.Each.Select(family => new AddressSegments(
                family, _ranges[(int)family], Any, stage, (first, mask) => AddEntities(first, [], mask)))];
        }
    }

    /// <summary>The rules.</summary>
    public StageRules Stage => _stage;

    /// <summary>The addresses that no range of a rule holds.</summary>
    public AddressClass Any { get; }

    /// <summary>Tells the addresses that rules name one by one, by selections, or by names that stand for them now.</summary>
    /// <param name="addresses">Takes them.</param>
    /// <param name="within">Where they have to be; null for anywhere.</param>
    public void AddAddresses(HashSet<Address> addresses, AddressRanges? within)
    {
        foreach (var (selected, _) in _bySelection)
        {
            AddMembers(selected, addresses, within);
        }

        var named = (_byAddress?.Keys ?? Enumerable.Empty<Address>()).Concat(_byDomain?.Keys.SelectMany(_domains.AddressesOf) ?? []);
        addresses.UnionWith(named.Where(address => within?.Contains(address) != false));
    }

    /// <summary>The selections that rules need when they are compiled.</summary>
    /// <param name="rule">A rule.</param>
    /// <param name="side">Of which profile.</param>
    public static IEnumerable<PodSelection> SelectionsOf(RuleSpec rule, ProfileSide side)
    {
        foreach (var peer in side.AsksOwnEnd ? rule.Peers.Items.Concat(rule.Own.Items) : rule.Peers)
        {
            if (peer is PeerSpec.Pods pods)
            {
                yield return pods.Selection;
            }
            else if (peer is PeerSpec.Entity entity)
            {
                foreach (var selection in new[] { entity.Selection, entity.NotSelection }.OfType<PodSelection>())
                {
                    yield return selection;
                }
            }
        }

        // A name in an egress rule means what each possible destination calls so.
        if (side.Direction == Direction.Egress && NamesPortsOfAnybody(rule))
        {
            yield return PodSelection.Everything;
        }
    }

    /// <summary>True when pods that no selection of the rule holds may be its peers, and what they call their ports
    /// counts. A selection of network sets says nothing of the pods that have their addresses.</summary>
    private static bool NamesPortsOfAnybody(RuleSpec rule) =>
        rule.Ports.Items.Concat(rule.NotPorts.Items).Any(port => port is PortSpec.Named)
        && (rule.Peers.Count == 0 || rule.Peers.Items.Any(peer => peer is not (
            PeerSpec.Pods { Selection.Kinds: EndpointKinds.Pods } or PeerSpec.Entity { Selection.Kinds: EndpointKinds.Pods })));

    /// <summary>Ranges of addresses with what there is to look up for them.</summary>
    public IEnumerable<(UInt128 Low, UInt128 High, LookupCells Cells)> Nets(IpFamily family) =>
        _segments?[(int)family].Nets() ?? [];

    /// <summary>Tells whom rules that stand together may match.</summary>
    /// <param name="rules">From where on, and before which place.</param>
    /// <param name="addresses">Takes those that are told one by one.</param>
    /// <param name="ranges">Takes the ranges.</param>
    /// <returns>False when it may be anybody.</returns>
    public bool TryTell((int From, int Before) rules, HashSet<Address> addresses, List<AddressRange> ranges)
    {
        var wanted = Mask();
        for (var rule = rules.From; rule < rules.Before; rule++)
        {
            RuleMask.Set(wanted, rule);
        }

        if (RuleMask.Overlap(wanted, Any.Rules) || (_asked is not null && RuleMask.Overlap(wanted, _asked)))
        {
            return false;
        }

        foreach (var (selected, mask) in _bySelection)
        {
            if (RuleMask.Overlap(wanted, mask))
            {
                AddMembers(selected, addresses, null);
            }
        }

        foreach (var (address, mask) in _byAddress ?? [])
        {
            if (RuleMask.Overlap(wanted, mask))
            {
                addresses.Add(address);
            }
        }

        foreach (var (pattern, mask) in _byDomain ?? [])
        {
            if (RuleMask.Overlap(wanted, mask))
            {
                addresses.UnionWith(_domains.AddressesOf(pattern));
            }
        }

        foreach (var family in _ranges ?? [])
        {
            foreach (var (range, rule) in family)
            {
                if (rule >= rules.From && rule < rules.Before)
                {
                    ranges.Add(range);
                }
            }
        }

        return true;
    }

    /// <summary>What there is to look up for the range of addresses that one is in.</summary>
    public LookupCells Net(Address address) => LookupCells.Of(
        Around(address).Decisions, Any.Decisions, isNet: true);

    /// <summary>What there is to look up for one address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="owners">The pods that have it; more than one only while it moves.</param>
    public LookupCells Find(Address address, ImmutableArray<PodRecord> owners)
    {
        var around = Around(address);
        var mask = _scratch;
        around.Rules.CopyTo(mask);
        AddEntities(address, owners, mask);
        foreach (var owner in owners)
        {
            AddSelections(owner, mask);
        }

        if (_byAddress is not null && _byAddress.TryGetValue(address, out var named))
        {
            RuleMask.Add(mask, named);
        }

        if (_byDomain is not null)
        {
            foreach (var pattern in _domains.PatternsOf(address))
            {
                if (_byDomain.TryGetValue(pattern, out var rules))
                {
                    RuleMask.Add(mask, rules);
                }
            }
        }

        if (_others?[(int)address.Family] is { } others)
        {
            RuleMask.Remove(mask, others);
        }

        var (text, names) = _naming is not null && RuleMask.Overlap(mask, _naming) ? NamesOf(owners) : ("", []);
        return text.Length == 0 && mask.AsSpan().SequenceEqual(around.Rules)
            ? LookupCells.None
            : around.Exact(new ClassKey(mask, text), names, _stage);
    }

    private void AddPeer(
        int rule, PeerSpec peer, bool isAsked, ulong[] any, SmallMap<PodSelection, SelectedPods> selected, NodeTable nodes)
    {
        switch (peer)
        {
            case PeerSpec.Entity entity when isAsked:
                AddEntity(rule, entity, any, selected);
                break;
            case PeerSpec.Pods pods:
                AddSelection(rule, selected[pods.Selection]);
                break;
            case PeerSpec.IpBlock block:
                AddRanges(rule, block.Ranges());
                break;
            case PeerSpec.Nodes node:
                foreach (var address in nodes.AddressesOf(node.Selector))
                {
                    RuleMask.Set(OfAddress(address), rule);
                }

                break;
            case PeerSpec.Domains domains:
                foreach (var pattern in domains.Names)
                {
                    RuleMask.Set(OfDomain(pattern), rule);
                }

                break;
            case PeerSpec.Entity { Selection: { } selection, NotSelection: null, Nets.Count: 0, NotNets.Count: 0 }:
                AddSelection(rule, selected[selection]);
                break;
            case PeerSpec.Entity { Selection: null, NotSelection: null, Nets.Count: 0, NotNets.Count: 0 }:
                AddEverybody(rule, any);
                break;
            case PeerSpec.Entity { Selection: null, NotSelection: null } entity:
                AddRanges(rule, NetsOf(entity).SelectMany(
                    range => range.Except(entity.NotNets.Items.Select(net => net.Range))));
                break;
        }
    }

    /// <summary>True for conditions on who it is beside conditions on the address, or against who it is.</summary>
    private static bool IsAsked(PeerSpec peer) => peer is PeerSpec.Entity entity
        && (entity.NotSelection is not null
            || (entity.Selection is not null && entity.Nets.Count + entity.NotNets.Count > 0));

    /// <summary>A rule that is asked is asked as a whole.</summary>
    private static PeerSpec AsEntity(PeerSpec peer) => peer is PeerSpec.IpBlock block
        ? new PeerSpec.Entity(null, null, [block.Cidr], block.Except)
        : peer;

    private void AddEverybody(int rule, ulong[] any)
    {
        if (_stage.Rules[rule].Families == IpFamilies.Both)
        {
            RuleMask.Set(any, rule);
            return;
        }

        AddRanges(rule, IpFamiliesExtensions.Each.Select(AllOf));
    }

    /// <summary>A peer of a rule that is asked for every address by itself.</summary>
    private void AddEntity(int rule, PeerSpec.Entity entity, ulong[] any, SmallMap<PodSelection, SelectedPods> selected)
    {
        SelectedPods? Selected(PodSelection? selection)
        {
            if (selection is null)
            {
                return null;
            }

            var found = selected[selection];
            OfSelection(found); // its members count, although membership alone does not say it
            return found;
        }

        var asked = new AskedEntity(rule, entity, Selected(entity.Selection), Selected(entity.NotSelection));
        (_entities ??= []).Add(asked);
        AddRanges(-1, asked.Cuts);
        if (!asked.MayBeAnybody)
        {
            return;
        }

        if (_stage.Rules[rule].Families == IpFamilies.Both)
        {
            RuleMask.Set(any, rule);
        }
        else
        {
            AddRanges(-1, IpFamiliesExtensions.Each.Select(AllOf));
        }
    }

    private void AddSelection(int rule, SelectedPods selected)
    {
        RuleMask.Set(OfSelection(selected), rule);
        AddRanges(rule, AskedEntity.NetsOf(selected));
    }

    private void AddRanges(int rule, IEnumerable<AddressRange> ranges)
    {
        foreach (var range in ranges)
        {
            if (rule >= 0 && !_stage.Rules[rule].Families.Contains(range.Family))
            {
                continue;
            }

            if (rule >= 0 && range.Low == range.High)
            {
                RuleMask.Set(OfAddress(new Address(range.Family, range.Low)), rule);
            }
            else
            {
                (_ranges ??= [[], []])[(int)range.Family].Add((range, rule));
            }
        }
    }

    /// <summary>Asks the rules that have to be asked.</summary>
    private void AddEntities(Address address, ImmutableArray<PodRecord> owners, ulong[] mask)
    {
        if (_entities is null)
        {
            return;
        }

        RuleMask.Remove(mask, _asked!); // what goes for any address need not go for this one
        foreach (var entity in _entities)
        {
            if (_stage.Rules[entity.Rule].Families.Contains(address.Family) && entity.Matches(address, owners))
            {
                RuleMask.Set(mask, entity.Rule);
            }
        }
    }

    private void AddSelections(PodRecord owner, ulong[] mask)
    {
        if (owner.Selections.Count < _bySelection.Count)
        {
            foreach (var selected in owner.Selections)
            {
                if (_bySelection.TryGetValue(selected, out var rules))
                {
                    RuleMask.Add(mask, rules);
                }
            }

            return;
        }

        foreach (var (selected, rules) in _bySelection)
        {
            if (owner.Selections.Contains(selected))
            {
                RuleMask.Add(mask, rules);
            }
        }
    }

    /// <summary>What an address's pods call the ports that the rules name.</summary>
    private (string Text, ImmutableArray<NamedPort> Names) NamesOf(ImmutableArray<PodRecord> owners)
    {
        if (owners.IsEmpty)
        {
            return ("", []);
        }

        var ports = owners.Length == 1
            ? owners[0].View.NamedPorts
            : owners.SelectMany(owner => owner.View.NamedPorts.Items).ToEquatableArray();
        ref var named = ref CollectionsMarshal.GetValueRefOrAddDefault(_named ??= [], ports, out var isKnown);
        if (!isKnown)
        {
            var names = ports.Items
                .Where(port => _names!.Contains(new PortSpec.Named(port.Protocol, port.Name)))
                .OrderBy(port => port.Name, StringComparer.Ordinal).ThenBy(port => port.Protocol)
                .ThenBy(port => port.Number).ToImmutableArray();
            var texts = names.Select(port => $"{port.Name}/{(byte)port.Protocol}={port.Number}");
            named = (string.Join(' ', texts), names);
        }

        return named;
    }

    private ulong[] Mask() => RuleMask.Empty(_stage.Rules.Length);

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

    private AddressClass Around(Address address) => _segments?[(int)address.Family].Find(address.Value) ?? Any;

    private ulong[] OfSelection(SelectedPods selected) => _bySelection.GetValueRefOrAddDefault(selected, out _) ??= Mask();

    private ulong[] OfAddress(Address address) => Of(_byAddress ??= [], address);

    private ulong[] OfDomain(DomainPattern pattern) => Of(_byDomain ??= [], pattern);

    private ulong[] Of<TKey>(Dictionary<TKey, ulong[]> masks, TKey key)
        where TKey : notnull => CollectionsMarshal.GetValueRefOrAddDefault(masks, key, out _) ??= Mask();

    private static IEnumerable<AddressRange> NetsOf(PeerSpec.Entity entity) =>
        entity.Nets.Count == 0 ? IpFamiliesExtensions.Each.Select(AllOf) : entity.Nets.Items.Select(net => net.Range);

    private static AddressRange AllOf(IpFamily family) =>
        new(family, 0, family == IpFamily.V4 ? uint.MaxValue : UInt128.MaxValue);
}
