using Routing.Policy.Model;
using Routing.Policy.Rules;
using Routing.Policy.Selectors;

namespace Routing.Policy.Compile;

/// <summary>Which rules of a stage match a peer: by its address, and by the selections that hold the pods that have
/// it.</summary>
internal sealed class StagePeers
{
    private readonly StageRules _stage;
    private readonly PeerMasks _masks;
    private readonly ulong[] _scratch;

    // What few stages have is made when it is needed: a cluster has ten thousands of them.
    private readonly PeerPortNames? _names;
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
        (_stage, _masks) = (stage, new PeerMasks(stage.Rules.Length, domains));
        var any = Mask();
        _scratch = Mask();
        for (var rule = 0; rule < stage.Rules.Length; rule++)
        {
            var compiled = stage.Rules[rule];
            foreach (var name in compiled.Names)
            {
                (_names ??= new(stage.Rules.Length)).Add(rule, name);
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

        if (_names is not null && stage.Rules.Any(rule => !rule.Names.IsEmpty && RuleSelections.NamesPortsOfAnybody(rule.Spec)))
        {
            _masks.Of(selected[PodSelection.Everything]);
        }

        foreach (var entity in _entities ?? [])
        {
            RuleMask.Set(_asked ??= Mask(), entity.Rule);
        }

        Any = new AddressClass(any, stage.Decide(any, []));
        if (_ranges is not null)
        {
            _segments = [.. IpFamiliesExtensions.Each.Select(family => new AddressSegments(
                family, _ranges[(int)family], Any, stage, (first, mask) => AddEntities(first, null, mask)))];
        }
    }

    /// <summary>The rules.</summary>
    public StageRules Stage => _stage;

    /// <summary>The addresses that no range of a rule holds.</summary>
    public AddressClass Any { get; }

    /// <summary>Tells the addresses that rules name one by one, by selections, or by names that stand for them now.</summary>
    /// <param name="addresses">Takes them.</param>
    /// <param name="within">Where they have to be; null for anywhere.</param>
    public void AddAddresses(HashSet<Address> addresses, AddressRanges? within) => _masks.AddAddresses(addresses, within);

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

        _masks.AddAddresses(addresses, wanted);
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
    /// <param name="owner">The pod that has it; null for none.</param>
    public LookupCells Find(Address address, PodRecord? owner)
    {
        var around = Around(address);
        var mask = _scratch;
        around.Rules.CopyTo(mask);
        AddEntities(address, owner, mask);
        _masks.AddTo(mask, address, owner);
        if (_others?[(int)address.Family] is { } others)
        {
            RuleMask.Remove(mask, others);
        }

        var (text, names) = _names?.AreIn(mask) == true ? _names.Of(owner) : ("", []);
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
                    RuleMask.Set(_masks.Of(address), rule);
                }

                break;
            case PeerSpec.Domains domains:
                foreach (var pattern in domains.Names)
                {
                    RuleMask.Set(_masks.Of(pattern), rule);
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
            _masks.Of(found); // its members count, although membership alone does not say it
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
        RuleMask.Set(_masks.Of(selected), rule);
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
                RuleMask.Set(_masks.Of(new Address(range.Family, range.Low)), rule);
            }
            else
            {
                (_ranges ??= [[], []])[(int)range.Family].Add((range, rule));
            }
        }
    }

    /// <summary>Asks the rules that have to be asked.</summary>
    private void AddEntities(Address address, PodRecord? owner, ulong[] mask)
    {
        if (_entities is null)
        {
            return;
        }

        RuleMask.Remove(mask, _asked!); // what goes for any address need not go for this one
        foreach (var entity in _entities)
        {
            if (_stage.Rules[entity.Rule].Families.Contains(address.Family) && entity.Matches(address, owner))
            {
                RuleMask.Set(mask, entity.Rule);
            }
        }
    }

    private ulong[] Mask() => RuleMask.Empty(_stage.Rules.Length);

    private AddressClass Around(Address address) => _segments?[(int)address.Family].Find(address.Value) ?? Any;

    private static IEnumerable<AddressRange> NetsOf(PeerSpec.Entity entity) =>
        entity.Nets.Count == 0 ? IpFamiliesExtensions.Each.Select(AllOf) : entity.Nets.Items.Select(net => net.Range);

    private static AddressRange AllOf(IpFamily family) => Cidr.All(family).Range;
}
