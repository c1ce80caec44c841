using System.Collections.Immutable;
using System.Globalization;
using Routing.Policy.Model;

namespace Routing.Policy.Analysis;

/// <summary>All ports of all protocols, cut where some rule begins or ends. Not thread-safe.</summary>
public sealed class PortSpace
{
    private readonly Dictionary<int, List<PortSet>> _byHash = [];
    private readonly Dictionary<(int Operation, int Left, int Right), PortSet> _results = [];
    private int _count;

    /// <summary>Takes segments in order of protocol and port.</summary>
    internal PortSpace(ImmutableArray<PortSegment> segments)
    {
        Segments = segments;
        Words = (segments.Length + 63) / 64;
        None = Intern(new ulong[Words]);
        All = Of(_ => true);
    }

    /// <summary>The segments, in order of protocol and port.</summary>
    public ImmutableArray<PortSegment> Segments { get; }

    /// <summary>Nothing.</summary>
    public PortSet None { get; }

    /// <summary>Everything.</summary>
    public PortSet All { get; }

    /// <summary>Length of a set in words of 64 bits.</summary>
    internal int Words { get; }

    /// <summary>The segments that fulfil a condition.</summary>
    public PortSet Of(Func<PortSegment, bool> condition)
    {
        var words = new ulong[Words];
        for (var i = 0; i < Segments.Length; i++)
        {
            if (condition(Segments[i]))
            {
                words[i >> 6] |= 1UL << (i & 63);
            }
        }

        return Intern(words);
    }

    /// <summary>The segment of a port.</summary>
    public PortSet Of(TransportProtocol protocol, ushort port) =>
        Of(segment => segment.Protocol == protocol && segment.Low <= port && port <= segment.High);

    /// <summary>What is in both.</summary>
    public PortSet And(PortSet left, PortSet right) =>
        left == right || left.IsEmpty || right == All ? left
        : right.IsEmpty || left == All ? right
        : Combine(0, left, right, (a, b) => a & b);

    /// <summary>What is in either.</summary>
    public PortSet Or(PortSet left, PortSet right) =>
        left == right || left == All || right.IsEmpty ? left
        : left.IsEmpty || right == All ? right
        : Combine(1, left, right, (a, b) => a | b);

    /// <summary>What is in the one and not in the other.</summary>
    public PortSet Without(PortSet left, PortSet right) =>
        left.IsEmpty || right.IsEmpty ? left
        : left == right || right == All ? None
        : Combine(2, left, right, (a, b) => a & ~b);

    /// <summary>The set with these words, which are copied when it is new.</summary>
    internal PortSet Intern(ReadOnlySpan<ulong> words)
    {
        var hash = default(HashCode);
        foreach (var word in words)
        {
            hash.Add(word);
        }

        var key = hash.ToHashCode();
        if (!_byHash.TryGetValue(key, out var alike))
        {
            _byHash.Add(key, alike = []);
        }

        foreach (var one in alike)
        {
            if (one.Words.SequenceEqual(words))
            {
                return one;
            }
        }

        var set = new PortSet(_count++, words.ToArray());
        alike.Add(set);
        return set;
    }

    /// <summary>For people: "all ports", "none", "TCP 80, 443, 8000-8099; UDP 53".</summary>
    public string Describe(PortSet set) => set == All ? "all ports" : set.IsEmpty ? "none" : string.Join("; ", Parts(set));

    /// <summary>A text for each protocol.</summary>
    public IReadOnlyList<string> Parts(PortSet set)
    {
        var parts = new List<string>();
        foreach (var protocol in Segments.Index().GroupBy(one => one.Item.Protocol))
        {
            var (inside, all) = (protocol.Where(one => set.Contains(one.Index)).Select(one => one.Item).ToList(), protocol.Count());
            if (inside.Count > 0)
            {
                var name = protocol.Key is { } known ? $"{known}".ToUpperInvariant() : "other protocols";
                parts.Add(inside.Count == all ? name
                    : inside[0].Protocol!.Value.HasPorts() ? $"{name} {string.Join(", ", Ranges(inside))}"
                    : $"{name} {string.Join(", ", inside.Select(Message))}");
            }
        }

        return parts;
    }

    /// <summary>Neighbours in one.</summary>
    private static IEnumerable<string> Ranges(List<PortSegment> segments)
    {
        for (var i = 0; i < segments.Count;)
        {
            var (low, high) = (segments[i].Low, segments[i].High);
            for (i++; i < segments.Count && segments[i].Low == high + 1; i++)
            {
                high = segments[i].High;
            }

            yield return low == high ? $"{low}" : $"{low}-{high}";
        }
    }

    private static string Message(PortSegment segment) => segment switch
    {
        { IcmpType: byte.MaxValue } => "other types",
        { IcmpCode: byte.MaxValue } => string.Create(CultureInfo.InvariantCulture, $"type {segment.IcmpType}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"type {segment.IcmpType} code {segment.IcmpCode}"),
    };

    private PortSet Combine(int operation, PortSet left, PortSet right, Func<ulong, ulong, ulong> combine)
    {
        if (!_results.TryGetValue((operation, left.Id, right.Id), out var result))
        {
            var words = new ulong[Words];
            for (var i = 0; i < words.Length; i++)
            {
                words[i] = combine(left.Words[i], right.Words[i]);
            }

            _results.Add((operation, left.Id, right.Id), result = Intern(words));
        }

        return result;
    }
}
