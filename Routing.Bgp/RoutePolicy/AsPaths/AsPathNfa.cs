using Routing.Bgp.RoutePolicy.Sets;

namespace Routing.Bgp.RoutePolicy.AsPaths;

/// <summary>The expression as a graph whose edges cost an AS number, nothing, or a place (begin or end of the path);
/// Thompson's construction. The automaton is made from it.</summary>
internal sealed class AsPathNfa
{
    /// <summary>Repetitions multiply; past this the expression is refused.</summary>
    private const int MostStates = 20_000;

    private readonly List<List<(EdgeKind Kind, int To)>> _free = [];
    private readonly List<(Sequence<ValueRange> Ranges, int To)?> _symbol = [];

    private AsPathNfa()
    {
    }

    private enum EdgeKind
    {
        Always,
        AtBegin,
        AtEnd,
    }

    /// <summary>Where a match begins.</summary>
    public int Start { get; private init; }

    /// <summary>Where it is complete.</summary>
    public int Accepting { get; private init; }

    /// <summary>All ranges that edges want.</summary>
    public IEnumerable<ValueRange> Ranges => _symbol.OfType<(Sequence<ValueRange> Ranges, int To)>().SelectMany(edge => edge.Ranges);

    /// <summary>Builds the graph; null when it becomes too large.</summary>
    public static AsPathNfa? TryBuild(AsPathNode root)
    {
        var nfa = new AsPathNfa { Start = 0, Accepting = 1 };
        nfa.AddState();
        nfa.AddState();
        return nfa.TryAdd(root, 0, 1) ? nfa : null;
    }

    /// <summary>The edge of a state that costs an AS number.</summary>
    public (Sequence<ValueRange> Ranges, int To)? SymbolEdge(int state) => _symbol[state];

    /// <summary>True when a state has an edge that is open behind the begin of the path.</summary>
    public bool LeadsOn(int state) => _symbol[state] is not null || _free[state].Exists(edge => edge.Kind != EdgeKind.AtBegin);

    /// <summary>Adds all states that are reached without an AS number.</summary>
    /// <param name="states">The states; grows.</param>
    /// <param name="atBegin">The place is the begin of the path.</param>
    /// <param name="atEnd">The place is the end of the path.</param>
    public void Close(SortedSet<int> states, bool atBegin, bool atEnd)
    {
        var pending = new Stack<int>(states);
        while (pending.TryPop(out var state))
        {
            foreach (var (kind, to) in _free[state])
            {
                var isOpen = kind == EdgeKind.Always || (kind == EdgeKind.AtBegin && atBegin) || (kind == EdgeKind.AtEnd && atEnd);
                if (isOpen && states.Add(to))
                {
                    pending.Push(to);
                }
            }
        }
    }

    private int AddState()
    {
        _free.Add([]);
        _symbol.Add(null);
        return _free.Count - 1;
    }

    private bool TryAdd(AsPathNode node, int from, int to)
    {
        if (_free.Count > MostStates)
        {
            return false;
        }

        switch (node)
        {
            case AsPathNode.Begin:
                _free[from].Add((EdgeKind.AtBegin, to));
                return true;
            case AsPathNode.End:
                _free[from].Add((EdgeKind.AtEnd, to));
                return true;
            case AsPathNode.Asn asn:
                var before = AddState();
                _free[from].Add((EdgeKind.Always, before));
                _symbol[before] = (asn.Ranges, to);
                return true;
            case AsPathNode.Concatenation concatenation:
                return TryAddAll(concatenation.Parts, from, to);
            case AsPathNode.Alternation alternation:
                foreach (var choice in alternation.Choices)
                {
                    if (!TryAdd(choice, from, to))
                    {
                        return false;
                    }
                }

                return true;
            case AsPathNode.Repetition repetition:
                return TryAddRepetition(repetition, from, to);
            default:
                _free[from].Add((EdgeKind.Always, to));
                return true;
        }
    }

    private bool TryAddAll(Sequence<AsPathNode> parts, int from, int to)
    {
        for (var i = 0; i < parts.Count; i++)
        {
            var next = i == parts.Count - 1 ? to : AddState();
            if (!TryAdd(parts[i], from, next))
            {
                return false;
            }

            from = next;
        }

        return true;
    }

    private bool TryAddRepetition(AsPathNode.Repetition repetition, int from, int to)
    {
        for (var i = 0; i < repetition.Least; i++)
        {
            var next = AddState();
            if (!TryAdd(repetition.Part, from, next))
            {
                return false;
            }

            from = next;
        }

        if (repetition.Most is null)
        {
            var loop = AddState();
            _free[from].Add((EdgeKind.Always, loop));
            _free[loop].Add((EdgeKind.Always, to));
            return TryAdd(repetition.Part, loop, loop);
        }

        for (var i = repetition.Least; i < repetition.Most; i++)
        {
            var next = AddState();
            _free[from].Add((EdgeKind.Always, to));
            if (!TryAdd(repetition.Part, from, next))
            {
                return false;
            }

            from = next;
        }

        _free[from].Add((EdgeKind.Always, to));
        return true;
    }
}
