using System.Collections.Immutable;

namespace Routing.Policy.Model;

/// <summary>Makes <see cref="EquatableArray{T}"/>, also for collection expressions.</summary>
public static class EquatableArray
{
    /// <summary>Copies the elements.</summary>
    public static EquatableArray<T> Create<T>(ReadOnlySpan<T> items) => new(ImmutableArray.Create(items));

    /// <summary>Copies the elements.</summary>
    public static EquatableArray<T> ToEquatableArray<T>(this IEnumerable<T> items) => new([.. items]);
}
