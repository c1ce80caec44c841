using Routing.Bgp.Wire.Attributes;

namespace Routing.Bgp.RoutePolicy.AsPaths;

/// <summary>A deterministic automaton over AS numbers: each costs one search among the classes and one look-up, whatever the
/// expression.</summary>
internal sealed class AsPathAutomaton
{
    /// <summary>Most states: an expression that needs more is refused rather than run in another way.</summary>
    public const int MostStates = 4096;

    /// <summary>States times classes: 4 MB at the most.</summary>
    private const int MostTransitions = 1 << 20;

    /// <summary>No match any more, whatever follows.</summary>
    private const int Dead = -1;

    private readonly SymbolClasses _classes;

    /// <summary>The next state by state and class.</summary>
    private readonly int[] _next;

    private readonly Acceptance[] _acceptance;

    private AsPathAutomaton(SymbolClasses classes, int[] next, Acceptance[] acceptance) =>
        (_classes, _next, _acceptance) = (classes, next, acceptance);

    private enum Acceptance : byte
    {
        /// <summary>Not yet.</summary>
        No,

        /// <summary>If the path ends here.</summary>
        AtEnd,

        /// <summary>Whatever follows.</summary>
        Already,
    }

    /// <summary>Compiles an expression; null when it needs too many states.</summary>
    public static AsPathAutomaton? TryBuild(AsPathNode root)
    {
        if (AsPathNfa.TryBuild(root) is not { } nfa)
        {
            return null;
        }

        var classes = SymbolClasses.Of(nfa.Ranges);
        var states = new List<SortedSet<int>> { StartSet(nfa) };

        // Without the first state: no later one stands at the begin of the path.
        var known = new Dictionary<string, int>();
        var next = new List<int>();
        var acceptance = new List<Acceptance>();
        for (var state = 0; state < states.Count; state++)
        {
            acceptance.Add(AcceptanceOf(nfa, states[state], atBegin: state == 0));
            if (acceptance[state] == Acceptance.Already)
            {
                next.AddRange(Enumerable.Repeat(Dead, classes.Count)); // never asked
                continue;
            }

            foreach (var reached in Step(nfa, classes, states[state]))
            {
                if (reached.Count == 0)
                {
                    next.Add(Dead);
                    continue;
                }

                if (!known.TryGetValue(KeyOf(reached), out var index))
                {
                    index = states.Count;
                    known.Add(KeyOf(reached), index);
                    states.Add(reached);
                }

                next.Add(index);
            }

            if (states.Count > MostStates || states.Count * (long)classes.Count > MostTransitions)
            {
                return null;
            }
        }

        return new AsPathAutomaton(classes, [.. next], [.. acceptance]);
    }

    /// <summary>True when the path matches.</summary>
    /// <param name="path">A well-formed AS_PATH value with AS numbers of four octets.</param>
    public bool Matches(ReadOnlySpan<byte> path)
    {
        var state = 0;
        var cursor = new AsPathCursor(path);
        while (cursor.TryRead(out var segment))
        {
            for (var i = 0; i < segment.Count; i++)
            {
                if (_acceptance[state] == Acceptance.Already)
                {
                    return true;
                }

                state = _next[(state * _classes.Count) + _classes.ClassOf(segment[i])];
                if (state == Dead)
                {
                    return false;
                }
            }
        }

        return _acceptance[state] != Acceptance.No;
    }

    private static SortedSet<int> StartSet(AsPathNfa nfa)
    {
        var start = new SortedSet<int> { nfa.Start };
        nfa.Close(start, atBegin: true, atEnd: false);
        return start;
    }

    private static Acceptance AcceptanceOf(AsPathNfa nfa, SortedSet<int> states, bool atBegin)
    {
        if (states.Contains(nfa.Accepting))
        {
            return Acceptance.Already;
        }

        var atEnd = new SortedSet<int>(states);
        nfa.Close(atEnd, atBegin, atEnd: true);
        return atEnd.Contains(nfa.Accepting) ? Acceptance.AtEnd : Acceptance.No;
    }

    /// <summary>What each class leads to. A match may begin behind any AS number, so the start is always among it.</summary>
    private static SortedSet<int>[] Step(AsPathNfa nfa, SymbolClasses classes, SortedSet<int> states)
    {
        var targets = new SortedSet<int>[classes.Count];
        for (var i = 0; i < targets.Length; i++)
        {
            targets[i] = [nfa.Start];
        }

        foreach (var state in states)
        {
            if (nfa.SymbolEdge(state) is not var (ranges, to))
            {
                continue;
            }

            foreach (var one in ranges.SelectMany(classes.ClassesOf))
            {
                targets[one].Add(to);
            }
        }

        // Most classes lead to the same: the closure is made once for each.
        var closed = new Dictionary<string, SortedSet<int>>();
        for (var i = 0; i < targets.Length; i++)
        {
            var key = KeyOf(targets[i]);
            if (!closed.TryGetValue(key, out var reached))
            {
                reached = targets[i];
                nfa.Close(reached, atBegin: false, atEnd: false);
                DropHopeless(nfa, reached);
                closed.Add(key, reached);
            }

            targets[i] = reached;
        }

        return targets;
    }

    /// <summary>Places from which only the begin of the path would lead on lead nowhere: without them, an anchored expression
    /// ends at the first AS number that contradicts it.</summary>
    private static void DropHopeless(AsPathNfa nfa, SortedSet<int> states)
    {
        if (!states.Any(nfa.LeadsOn))
        {
            states.Clear();
        }
    }

    private static string KeyOf(SortedSet<int> states) => string.Join(',', states);
}
