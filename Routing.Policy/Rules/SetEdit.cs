using System.Collections.Immutable;

namespace Routing.Policy.Rules;

/// <summary>How the elements of a <see cref="MatchSet"/> came to be: who holds those before need not compare.</summary>
/// <param name="Base">The elements before, the very object.</param>
/// <param name="Added">Elements that came; an element may be among the removed as well, and is there then.</param>
/// <param name="Removed">Elements that went.</param>
public sealed record SetEdit(
    ElementSet Base, ImmutableArray<SetElement> Added, ImmutableArray<SetElement> Removed);
