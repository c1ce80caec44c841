using System.Collections.Immutable;

namespace Routing.Bgp.RoutePolicy;

/// <summary>Makes <see cref="Sequence{T}"/>, also for collection expressions.</summary>
public static class Sequence
{
    /// <summary>Copies the elements.</summary>
    public static Sequence<T> Create<T>(ReadOnlySpan<T> items) => new(ImmutableArray.Create(items));

    /// <summary>Copies the elements.</summary>
    public static Sequence<T> ToSequence<T>(this IEnumerable<T> items) => new([.. items]);
}
