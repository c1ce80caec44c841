using System.Collections.Immutable;

namespace Routing.Policy.Compile;

/// <summary>What a stage says of the packets of one peer, for every protocol and port: the order of its rules is resolved, the
/// first that matches a cell has it.
/// <code>
///   rules, in order      tcp 0 ........ 80 ... 443 ........ 65535      udp, and every other protocol
///   1 deny  tcp 443                          █
///   2 allow tcp 80-500                  █████ ████
///   3 pass                █████████████            ██████████████      █████████████████████████████
/// </code></summary>
internal sealed class PortDecisions : IEquatable<PortDecisions>
{
    // Those protocols that are not treated as a whole like the rest, in order; their cells cover every port, in order.
    private readonly ImmutableArray<(byte Protocol, ImmutableArray<PortCell> Cells)> _protocols;

    private readonly bool _tellsRulesApart;

    private PortDecisions(Decision rest, ImmutableArray<(byte, ImmutableArray<PortCell>)> protocols, bool tellsRulesApart) =>
        (Default, _protocols, _tellsRulesApart) = (rest, protocols, tellsRulesApart);

    /// <summary>Of every protocol that no rule names.</summary>
    public Decision Default { get; }

    /// <summary>How many cells it has.</summary>
    public int CellCount => _protocols.Sum(one => one.Cells.Length);

    /// <summary>Asks the rules.</summary>
    /// <param name="asked">Those that match the peer, in order, up to one that leaves nothing to the rules after it.</param>
    /// <param name="names">What the peer calls its ports.</param>
    /// <param name="end">Of what no rule matches.</param>
    /// <param name="tellsRulesApart">Two rules that say the same are not the same.</param>
    public static PortDecisions Of(
        List<CompiledRule> asked, ImmutableArray<Model.NamedPort> names, StageAction end, bool tellsRulesApart)
    {
        var rest = asked.Find(rule => rule.AllPorts) is { } first
            ? new Decision(first.Action, first)
            : new Decision(end, null);
        Span<bool> isNamed = stackalloc bool[byte.MaxValue + 1];
        isNamed.Clear();
        foreach (var rule in asked)
        {
            rule.NameProtocols(isNamed);
        }

        var protocols = new List<(byte, ImmutableArray<PortCell>)>();
        for (var protocol = isNamed.IndexOf(true); protocol >= 0; protocol = isNamed.IndexOf(true))
        {
            isNamed[protocol] = false;
            var cells = Cells(asked, (byte)protocol, names, end);
            if (cells.Length > 1 || cells[0].Decision != rest)
            {
                protocols.Add(((byte)protocol, cells));
            }
        }

        return new PortDecisions(rest, [.. protocols], tellsRulesApart);
    }

    /// <summary>Whether it makes a difference which of two decisions is taken.</summary>
    public bool Differ(in Decision one, in Decision other) =>
        one.Action != other.Action || (_tellsRulesApart && !one.IsOfSameRule(other));

    /// <summary>Where the decision is another than elsewhere in the same decisions.</summary>
    public List<(byte Protocol, PortCell Cell)> Exceptions()
    {
        var exceptions = new List<(byte, PortCell)>();
        foreach (var (protocol, cells) in _protocols)
        {
            foreach (var cell in cells)
            {
                if (Differ(cell.Decision, Default))
                {
                    exceptions.Add((protocol, cell));
                }
            }
        }

        return exceptions;
    }

    /// <summary>Where the decision is another than in other decisions, which have to have the same default.</summary>
    public List<(byte Protocol, PortCell Cell)> Besides(PortDecisions other)
    {
        var cells = new List<(byte, PortCell)>();
        var (mine, others) = (0, 0);
        while (mine < _protocols.Length || others < other._protocols.Length)
        {
            int next = mine < _protocols.Length ? _protocols[mine].Protocol : int.MaxValue;
            int otherNext = others < other._protocols.Length ? other._protocols[others].Protocol : int.MaxValue;
            var protocol = (byte)Math.Min(next, otherNext);
            AddBesides(protocol, CellsOf(protocol), other.CellsOf(protocol), cells);
            mine += next <= otherNext ? 1 : 0;
            others += otherNext <= next ? 1 : 0;
        }

        return cells;
    }

    /// <inheritdoc/>
    public bool Equals(PortDecisions? other) =>
        other is not null && (ReferenceEquals(this, other) || (Default == other.Default
            && _protocols.Length == other._protocols.Length
            && _protocols.Zip(other._protocols).All(pair =>
                pair.First.Protocol == pair.Second.Protocol && pair.First.Cells.SequenceEqual(pair.Second.Cells))));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PortDecisions);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Default, _protocols.Length);

    private static ImmutableArray<PortCell> Cells(
        List<CompiledRule> rules, byte protocol, ImmutableArray<Model.NamedPort> names, StageAction end)
    {
        var cells = new List<PortCell>();
        List<PortRange> open = [PortRange.All];
        foreach (var rule in rules)
        {
            var (inside, outside) = PortRange.Part(open, rule.Ranges(protocol, names));
            Add(inside, new Decision(rule.Action, rule));
            open = outside;
        }

        Add(open, new Decision(end, null));
        cells.Sort((a, b) => a.Ports.Low.CompareTo(b.Ports.Low));
        return [.. cells];

        void Add(List<PortRange> ranges, Decision decision)
        {
            foreach (var ports in ranges)
            {
                cells.Add(new PortCell(ports, decision));
            }
        }
    }

    private void AddBesides(
        byte protocol, ImmutableArray<PortCell> cells, ImmutableArray<PortCell> others, List<(byte, PortCell)> besides)
    {
        var next = 0;
        foreach (var cell in cells)
        {
            // Pieces of the cell in which the other says something else, joined where they touch.
            PortRange? piece = null;
            while (next < others.Length && others[next].Ports.Low <= cell.Ports.High)
            {
                var other = others[next];
                if (Differ(other.Decision, cell.Decision))
                {
                    var low = piece?.Low ?? Math.Max(cell.Ports.Low, other.Ports.Low);
                    piece = new PortRange(low, Math.Min(cell.Ports.High, other.Ports.High));
                }
                else if (piece is { } done)
                {
                    besides.Add((protocol, cell with { Ports = done }));
                    piece = null;
                }

                if (other.Ports.High > cell.Ports.High)
                {
                    break;
                }

                next++;
            }

            if (piece is { } last)
            {
                besides.Add((protocol, cell with { Ports = last }));
            }
        }
    }

    private ImmutableArray<PortCell> CellsOf(byte protocol)
    {
        foreach (var (one, cells) in _protocols)
        {
            if (one == protocol)
            {
                return cells;
            }
        }

        return [new PortCell(PortRange.All, Default)];
    }
}
