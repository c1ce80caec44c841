namespace Routing.Benchmarks.Bgp.Load;

/// <summary>Which of the feed's prefixes a session holds by now: a bit each, so that what is announced twice counts once and a
/// withdrawal counts at all.</summary>
internal sealed class PrefixSet
{
    private readonly ulong[] _held;
    private readonly byte[] _pathLengths;

    /// <param name="capacity">Prefixes of the feed.</param>
    /// <param name="bestLength">AS_PATH length of the best paths, when it is asked for.</param>
    public PrefixSet(int capacity, int? bestLength = null)
    {
        _held = new ulong[(capacity + 63) / 64];
        _pathLengths = new byte[bestLength is null ? 0 : capacity];
        BestLength = bestLength ?? 0;
    }

    /// <summary>Prefixes held.</summary>
    public int Count { get; private set; }

    /// <summary>Prefixes held by the best path.</summary>
    public int BestCount { get; private set; }

    /// <summary>AS_PATH length that tells the best path.</summary>
    public int BestLength { get; }

    /// <summary>Numbers that do not count: its own, which some reflectors send back.</summary>
    public Range Own { get; init; } = ..0;

    /// <summary>Path lengths are wanted.</summary>
    public bool TracksPaths => _pathLengths.Length > 0;

    /// <summary>The prefix was announced.</summary>
    /// <param name="number">As <see cref="RouteFeed"/> counts; others are not ours and do not count.</param>
    /// <param name="pathLength">ASes in AS_PATH, 0 where nobody asks.</param>
    public void Add(int number, int pathLength)
    {
        if (!Counts(number))
        {
            return;
        }

        ref var word = ref _held[number >> 6];
        var bit = 1UL << number;
        Count += (word & bit) == 0 ? 1 : 0;
        word |= bit;
        if (TracksPaths)
        {
            SetPathLength(number, pathLength);
        }
    }

    /// <summary>The prefix was withdrawn.</summary>
    public void Remove(int number)
    {
        if (!Counts(number))
        {
            return;
        }

        ref var word = ref _held[number >> 6];
        var bit = 1UL << number;
        Count -= (word & bit) == 0 ? 0 : 1;
        word &= ~bit;
        if (TracksPaths)
        {
            SetPathLength(number, 0);
        }
    }

    private bool Counts(int number) =>
        (uint)number >> 6 < (uint)_held.Length && (number < Own.Start.Value || number >= Own.End.Value);

    private void SetPathLength(int number, int length)
    {
        ref var held = ref _pathLengths[number];
        BestCount += (length == BestLength ? 1 : 0) - (held == BestLength ? 1 : 0);
        held = (byte)length;
    }
}
