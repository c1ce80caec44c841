using System.Collections.Immutable;

namespace Routing.Agent.KubeApi;

/// <summary>The watches of one API server, whose kinds have to be of one time: kinds of now beside kinds of before, which nobody takes
/// for away, may allow what neither the old state of the cluster nor the new one does (docs/adr/0024). So one that learns how the
/// server is lets the others know.</summary>
/// <remarks>
/// When the server is away without a word, each stream lasts until it has been silent for <see cref="ResourceWatchOptions.IdleTimeout"/>,
/// and they fell silent up to a minute apart: the first that is lost takes with it those on which a bookmark is overdue. When it is
/// back, what was asked of it before may hang until it is given up, each at another time: the first that is answered lets the others
/// wait no longer (<see cref="WatchReturn"/>).
/// </remarks>
internal sealed class WatchSiblings
{
    private ImmutableHashSet<WatchStream> _streams = [];
    private ImmutableHashSet<WatchReturn> _returns = [];

    /// <summary>One is asked for.</summary>
    public void Add(WatchStream stream) => ImmutableInterlocked.Update(ref _streams, (all, one) => all.Add(one), stream);

    /// <summary>One is not read any more.</summary>
    public void Remove(WatchStream stream) => ImmutableInterlocked.Update(ref _streams, (all, one) => all.Remove(one), stream);

    /// <summary>A watch that runs from now on.</summary>
    public void Add(WatchReturn one) => ImmutableInterlocked.Update(ref _returns, (all, added) => all.Add(added), one);

    /// <summary>It ends.</summary>
    public void Remove(WatchReturn one) => ImmutableInterlocked.Update(ref _returns, (all, removed) => all.Remove(removed), one);

    /// <summary>A stream has broken, or was silent for too long.</summary>
    public void OnLost()
    {
        foreach (var stream in Volatile.Read(ref _streams))
        {
            stream.GiveUpIfOverdue();
        }
    }

    /// <summary>A watch is open.</summary>
    public void OnBack()
    {
        foreach (var one in Volatile.Read(ref _returns))
        {
            one.Hurry();
        }
    }
}
