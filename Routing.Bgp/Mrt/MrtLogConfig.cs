using System.Collections.Immutable;

namespace Routing.Bgp.Mrt;

/// <summary>A log of what the sessions receive and of their states, in MRT files (RFC 6396 §4.4).</summary>
public sealed record MrtLogConfig
{
    /// <summary>Where its files are: updates.DATE.TIME.mrt, named by the UTC of their first record.</summary>
    public required string Directory { get; init; }

    /// <summary>Names of the neighbours that are logged; empty for all. A neighbour out of a range goes by the name of the
    /// range as well as by its own.</summary>
    public ImmutableArray<string> Peers { get; init; } = [];

    /// <summary>A file that has become so long is followed by the next.</summary>
    public long MaxFileOctets { get; init; } = 100 * 1024 * 1024;

    /// <summary>A file that is so old is followed by the next.</summary>
    public TimeSpan MaxFileAge { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Files kept: the oldest of its own make go when there are more. 0 keeps all.</summary>
    public int MaxFiles { get; init; } = 96;

    /// <summary>By value, also over the neighbours.</summary>
    public bool Equals(MrtLogConfig? other) => other is not null && Directory == other.Directory
        && Peers.AsSpan().SequenceEqual(other.Peers.AsSpan()) && MaxFileOctets == other.MaxFileOctets
        && MaxFileAge == other.MaxFileAge && MaxFiles == other.MaxFiles;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Directory, MaxFileOctets, MaxFileAge, MaxFiles);
}
