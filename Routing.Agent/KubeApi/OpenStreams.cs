using System.Collections.Immutable;

namespace Routing.Agent.KubeApi;

/// <summary>The open watches of one API server. When it is away without a word, each stream lasts until it has been silent for
/// <see cref="ResourceWatchOptions.IdleTimeout"/>, and they fell silent up to a minute apart. Given up one by one they would come back
/// one by one, and kinds of now would stand beside kinds of before that nobody takes for away (docs/adr/0024). So the first that is lost takes
/// with it those on which a bookmark is overdue.</summary>
internal sealed class OpenStreams
{
    private ImmutableHashSet<WatchStream> _streams = [];

    /// <summary>One is asked for.</summary>
    public void Add(WatchStream stream) => ImmutableInterlocked.Update(ref _streams, (all, one) => all.Add(one), stream);

    /// <summary>One is not read any more.</summary>
    public void Remove(WatchStream stream) => ImmutableInterlocked.Update(ref _streams, (all, one) => all.Remove(one), stream);

    /// <summary>One has broken, or was silent for too long.</summary>
    public void OnLost()
    {
        foreach (var stream in Volatile.Read(ref _streams))
        {
            stream.GiveUpIfOverdue();
        }
    }
}
