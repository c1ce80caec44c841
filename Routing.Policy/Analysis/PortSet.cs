namespace Routing.Policy.Analysis;

/// <summary>Some segments of a <see cref="PortSpace"/>, which makes them and knows each set once: two sets of one space are
/// equal when they are the same object.</summary>
public sealed class PortSet
{
    private readonly ulong[] _words;

    internal PortSet(int id, ulong[] words) => (Id, _words, IsEmpty) = (id, words, !words.AsSpan().ContainsAnyExcept(0UL));

    /// <summary>True when no segment is in it.</summary>
    public bool IsEmpty { get; }

    /// <summary>Its number in the space.</summary>
    internal int Id { get; }

    /// <summary>A bit for each segment.</summary>
    internal ReadOnlySpan<ulong> Words => _words;

    /// <summary>True when the segment of this index is in it.</summary>
    public bool Contains(int segment) => (_words[segment >> 6] >> (segment & 63) & 1) != 0;
}
