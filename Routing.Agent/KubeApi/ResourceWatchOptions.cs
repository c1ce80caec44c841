using System.Collections.Immutable;

namespace Routing.Agent.KubeApi;

/// <summary>What a <see cref="ResourceWatch{T}"/> follows, and how patiently.</summary>
public sealed record ResourceWatchOptions
{
    /// <summary>One namespace, or null for all of them and for cluster-scoped kinds.</summary>
    public string? Namespace { get; init; }

    /// <summary>As kubectl's -l, or null.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>As in "spec.nodeName=node-1", or null.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>Objects per list page; client-go's default.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>After this the server is asked to end a watch, so that connections spread over API servers again.
    /// client-go takes 5 to 10 minutes.</summary>
    public TimeSpan WatchTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>After this the server is asked to end the first watch after one that broke: what was missed has been told then. More than
    /// <see cref="ShortestUsefulWatch"/>, for what ends watches at once tells nothing.</summary>
    public TimeSpan CatchUpTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>A stream silent for so long is taken for dead. API servers send a bookmark about every minute.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(150);

    /// <summary>After this a bookmark is overdue: the stream is taken for dead as soon as another one is. The difference to
    /// <see cref="IdleTimeout"/> is more than what lies between two bookmarks: streams that an outage has silenced are overdue, all
    /// of them, when the first is given up.</summary>
    public TimeSpan BookmarkTimeout { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>A page of a list, or any other single answer, that takes longer counts as a failure.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A wait for an answer, or for the next attempt, that has lasted so long ends when another watch is back.</summary>
    public TimeSpan HurriedWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Median of the first delay after a failure; it doubles, with jitter.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Greatest delay between attempts.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A watch that brought nothing and ended sooner than this counts as a failure and is backed off.</summary>
    public TimeSpan ShortestUsefulWatch { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>For a kind that a cluster need not have: where it may be, of which the first that is defined is followed; none
    /// defined means no objects. Empty for a kind that is where its class says.</summary>
    public ImmutableArray<ResourceSource> Sources { get; init; } = [];

    /// <summary>How often an optional kind that is not defined is asked for again.</summary>
    public TimeSpan DefinitionInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Events buffered for the consumer.</summary>
    public int Capacity { get; init; } = 1024;
}
