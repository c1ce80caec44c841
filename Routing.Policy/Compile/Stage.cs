using Routing.Policy.Model;
using Routing.Policy.Rules;
using Routing.Policy.Selectors;

namespace Routing.Policy.Compile;

/// <summary>
/// Rules in order as look-ups whose number does not depend on theirs. A packet meets the levels below one after the other; the
/// first look-up that has it says what happens, and each level holds only what the later ones do not say:
/// <code>
///   one address    flows, flows-r (ranges of ports), types (ICMP), then peers (any port)
///   nets           nflows, ntypes, then nets (any port)
///   any peer       ports, ports-r, ptypes
///   the end
/// </code>
/// each for IPv4 and IPv6, and each in as many sets as there are actions. An address that changes is resolved by itself and
/// touches its own elements only.
/// </summary>
/// <param name="stem">What the names of its sets start with.</param>
/// <param name="profile">Whose stage it is.</param>
/// <param name="direction">Where its rules' peers stand: at the source for ingress.</param>
internal sealed class Stage(string stem, Profile profile, Direction direction)
{
    private readonly List<(Lookup Lookup, LookupSet Set)> _sets = new(1); // in order; few
    private readonly SmallMap<Address, LookupCells> _addresses = new(); // that are not as those around them
    private static readonly HashSet<(Lookup Lookup, SetElement Element)> None = [];

    private HashSet<(Lookup Lookup, SetElement Element)> _others = None; // of nets and of any peer; not changed
    private StagePeers? _peers;
    private long _ofAddresses; // elements

    /// <summary>False before the first <see cref="Build"/> and after <see cref="Clear"/>.</summary>
    public bool IsBuilt => _peers is not null;

    /// <summary>What is said when no look-up has the packet.</summary>
    public Decision End => _peers!.Any.Decisions.Default;

    /// <summary>The look-ups there are, in order, each with its set.</summary>
    public IEnumerable<(Lookup Lookup, MatchSet Set)> Lookups => _sets.Select(one => (one.Lookup, one.Set.Set));

    /// <summary>True when the stage says this of some packet.</summary>
    public bool Says(StageAction action)
    {
        foreach (var (lookup, _) in _sets)
        {
            if (lookup.Action == action)
            {
                return true;
            }
        }

        return End.Action == action;
    }

    /// <summary>Takes other rules, or the same with other addresses behind them.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="selected">The selections that the profile holds.</param>
    /// <param name="nodes">What node selectors mean.</param>
    /// <param name="domains">What names stand for.</param>
    /// <param name="index">Who has addresses.</param>
    /// <param name="touched">When nothing but rules is new, the addresses that are to be resolved again even so; null when anything may
    /// be new.</param>
    public void Build(
        StageRules rules, SmallMap<PodSelection, SelectedPods> selected, NodeTable nodes, DomainTable domains,
        SelectorIndex index, IReadOnlyCollection<Address>? touched)
    {
        if (_peers is not null && _peers.Stage.AreCounted != rules.AreCounted)
        {
            Clear(); // other sets
        }

        var before = _peers;
        _peers = new StagePeers(rules, selected, nodes, domains);
        var others = Others(_peers);
        foreach (var one in _others)
        {
            if (!others.Contains(one))
            {
                Edit(one.Lookup).Remove(one.Element);
            }
        }

        foreach (var one in others)
        {
            if (!_others.Contains(one))
            {
                Edit(one.Lookup).Add(one.Element);
            }
        }

        _others = others;
        var addresses = Scratch.RentAddresses();
        if (touched is null || !TryTellAffected(before, touched, addresses))
        {
            AddCandidates(addresses, null);
        }

        foreach (var address in addresses)
        {
            Update(address, index);
        }

        Scratch.Return(addresses);
    }

    /// <summary>Resolves an address again: who has it, or what they are selected by, may be different.</summary>
    public void Update(Address address, SelectorIndex index)
    {
        var now = _peers!.Find(address, index.Owner(address));
        var before = LookupCells.None;
        if (now.Cells.IsEmpty)
        {
            if (!_addresses.Remove(address, out before!))
            {
                return;
            }
        }
        else
        {
            ref var cells = ref _addresses.GetValueRefOrAddDefault(address, out _);
            if (ReferenceEquals(now, cells))
            {
                return;
            }

            (before, cells) = (cells ?? before, now);
        }

        TooManyElementsException.ThrowIfTooMany(_ofAddresses += now.Cells.Length - before.Cells.Length);

        foreach (ref readonly var cell in before.Cells.AsSpan())
        {
            if (!Contains(now, cell))
            {
                Edit(cell.Lookup(address.Family)).Remove(cell.Element(address.Value, address.Value));
            }
        }

        foreach (ref readonly var cell in now.Cells.AsSpan())
        {
            if (!Contains(before, cell))
            {
                Edit(cell.Lookup(address.Family)).Add(cell.Element(address.Value, address.Value));
            }
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _peers = null;
        _sets.Clear();
        _addresses.Clear();
        (_others, _ofAddresses) = (None, 0);
    }

    /// <summary>Makes the edits.</summary>
    public void Commit()
    {
        foreach (var (_, set) in _sets)
        {
            set.Commit();
        }

        _sets.RemoveAll(one => one.Set.Set.Elements.IsEmpty);
    }

    /// <summary>What an element of a look-up's set, or a piece of one, stands for; null for what is not of this stage.</summary>
    public Decision? DecisionOf(Lookup lookup, in SetElement element)
    {
        if (_peers is null)
        {
            return null;
        }

        var cells = lookup.Family is not { } family ? LookupCells.Of(_peers.Any.Decisions)
            : lookup.Kind < LookupKind.NetFlows
                ? _addresses.TryGetValue(new Address(family, element.AddressLow), out var own) ? own : LookupCells.None
            : _peers.Net(new Address(family, element.AddressLow));
        foreach (ref readonly var cell in cells.Cells.AsSpan())
        {
            if (cell.Kind == lookup.Kind && cell.Holds(element))
            {
                return cell.Decision;
            }
        }

        return null;
    }

    private static HashSet<(Lookup Lookup, SetElement Element)> Others(StagePeers peers)
    {
        HashSet<(Lookup Lookup, SetElement Element)>? others = null;
        foreach (var family in IpFamiliesExtensions.Each)
        {
            foreach (var (low, high, cells) in peers.Nets(family))
            {
                foreach (var cell in cells.Cells)
                {
                    (others ??= []).Add((cell.Lookup(family), cell.Element(low, high)));
                }

                TooManyElementsException.ThrowIfTooMany(others?.Count ?? 0);
            }
        }

        foreach (var cell in LookupCells.Of(peers.Any.Decisions).Cells)
        {
            (others ??= []).Add((cell.Lookup(null), cell.Element(0, 0)));
        }

        return others ?? None;
    }

    private static bool Contains(LookupCells cells, in LookupCell wanted)
    {
        foreach (ref readonly var cell in cells.Cells.AsSpan())
        {
            if (cell.IsSameElement(wanted))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds every address that may have look-ups of its own, now or until now.</summary>
    /// <param name="candidates">Takes them.</param>
    /// <param name="within">Where they have to be; null for anywhere.</param>
    private void AddCandidates(HashSet<Address> candidates, AddressRanges? within)
    {
        foreach (var (address, _) in _addresses)
        {
            if (within?.Contains(address) != false)
            {
                candidates.Add(address);
            }
        }

        _peers!.AddAddresses(candidates, within);
    }

    /// <summary>Tells the addresses of which other rules than before may say something else: those that one of the rules matches that
    /// came or went. Others have the same rules as before, in the same order, and around them there are the same.</summary>
    /// <returns>False when it may be any.</returns>
    private bool TryTellAffected(StagePeers? before, IReadOnlyCollection<Address> touched, HashSet<Address> affected)
    {
        if (before is null || before.Stage.End != _peers!.Stage.End)
        {
            return false;
        }

        var (old, now) = (before.Stage.Rules, _peers.Stage.Rules);
        var (head, tail) = (0, 0);
        while (head < old.Length && head < now.Length && old[head].IsSameAs(now[head]))
        {
            head++;
        }

        while (tail < old.Length - head && tail < now.Length - head && old[^(tail + 1)].IsSameAs(now[^(tail + 1)]))
        {
            tail++;
        }

        affected.UnionWith(touched);
        var ranges = new List<AddressRange>();
        if (!before.TryTell((head, old.Length - tail), affected, ranges) || !_peers.TryTell((head, now.Length - tail), affected, ranges))
        {
            return false;
        }

        if (ranges.Count > 0)
        {
            AddCandidates(affected, new AddressRanges(ranges));
        }

        return true;
    }

    private LookupSet Edit(Lookup lookup)
    {
        var place = 0;
        while (place < _sets.Count && _sets[place].Lookup.CompareTo(lookup) < 0)
        {
            place++;
        }

        if (place == _sets.Count || _sets[place].Lookup != lookup)
        {
            _sets.Insert(place, (lookup, new LookupSet(lookup.EmptySet(stem, direction, profile.Policies, _peers!.Stage.AreCounted))));
        }

        return _sets[place].Set;
    }
}
