using Routing.Bgp.RoutePolicy.Sets;

namespace Routing.Bgp.RoutePolicy.AsPaths;

/// <summary>The expression as a graph whose edges cost an AS number, nothing, or a place (begin or end of the path). The
/// automaton is made from it.</summary>
/// <remarks>Thompson's construction from the end on, so that what goes on in the same way is the same state: a thousand
/// expressions that end in "$" share that end, and their automaton stays small.</remarks>
internal sealed class AsPathNfa
{
    /// <summary>Repetitions multiply; past this the expression is refused.</summary>
    private const int MostStates = 20_000;

    private readonly List<List<(EdgeKind Kind, int To)>> _free = [];
    private readonly List<(Sequence<ValueRange> Ranges, int To)?> _symbol = [];

    /// <summary>States made for a node that goes on at another state.</summary>
    private readonly Dictionary<(AsPathNode Node, int To), int> _known = [];

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
    public int Start { get; private set; }

    /// <summary>Where it is complete.</summary>
    public int Accepting { get; private set; }

    /// <summary>All ranges that edges want.</summary>
    public IEnumerable<ValueRange> Ranges => _symbol.OfType<(Sequence<ValueRange> Ranges, int To)>().SelectMany(edge => edge.Ranges);

    /// <summary>Builds the graph; null when it becomes too large.</summary>
    public static AsPathNfa? TryBuild(AsPathNode root)
    {
        var nfa = new AsPathNfa();
        nfa.Accepting = nfa.AddState();

        // A state of its own: the place where a match may begin is told from places inside one.
        nfa.Start = nfa.AddState();
        nfa._free[nfa.Start].Add((EdgeKind.Always, nfa.Before(root, nfa.Accepting)));
        return nfa.IsTooLarge ? null : nfa;
    }

    /// <summary>The edge of a state that costs an AS number.</summary>
    public (Sequence<ValueRange> Ranges, int To)? SymbolEdge(int state) => _symbol[state];

    /// <summary>True when something can come of a state that is not reached for nothing: an AS number, the end, or a
    /// match.</summary>
    public bool LeadsOn(int state) =>
        state == Accepting || _symbol[state] is not null || _free[state].Exists(edge => edge.Kind == EdgeKind.AtEnd);

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

    private bool IsTooLarge => _free.Count > MostStates;

    private int AddState()
    {
        _free.Add([]);
        _symbol.Add(null);
        return _free.Count - 1;
    }

    /// <summary>The state from which what the node matches leads to another state.</summary>
    private int Before(AsPathNode node, int to)
    {
        if (IsTooLarge || node is AsPathNode.Empty)
        {
            return to; // of a graph that is too large nothing is used
        }

        if (!_known.TryGetValue((node, to), out var state))
        {
            state = Make(node, to);
            _known[(node, to)] = state;
        }

        return state;
    }

    private int Make(AsPathNode node, int to)
    {
        switch (node)
        {
            case AsPathNode.Concatenation concatenation:
                return concatenation.Parts.Reverse().Aggregate(to, (next, part) => Before(part, next));
            case AsPathNode.Repetition repetition:
                return Repeat(repetition, to);
        }

        var state = AddState();
        switch (node)
        {
            case AsPathNode.Begin:
                _free[state].Add((EdgeKind.AtBegin, to));
                break;
            case AsPathNode.End:
                _free[state].Add((EdgeKind.AtEnd, to));
                break;
            case AsPathNode.Asn asn:
                _symbol[state] = (asn.Ranges, to);
                break;
            case AsPathNode.Alternation alternation:
                foreach (var choice in alternation.Choices)
                {
                    _free[state].Add((EdgeKind.Always, Before(choice, to)));
                }

                break;
        }

        return state;
    }

    private int Repeat(AsPathNode.Repetition repetition, int to)
    {
        var next = to;
        if (repetition.Most is null)
        {
            next = AddState();
            _free[next].Add((EdgeKind.Always, to));
            _free[next].Add((EdgeKind.Always, Before(repetition.Part, next)));
        }

        for (var i = repetition.Least; i < (repetition.Most ?? 0); i++)
        {
            var optional = AddState();
            _free[optional].Add((EdgeKind.Always, to));
            _free[optional].Add((EdgeKind.Always, Before(repetition.Part, next)));
            next = optional;
        }

        for (var i = 0; i < repetition.Least; i++)
        {
            next = Before(repetition.Part, next);
        }

        return next;
    }
}
