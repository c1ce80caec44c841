namespace Routing.Bgp.RoutePolicy;

/// <summary>Where a rule was written, so that a rejection can name it.</summary>
/// <param name="Filter">Name of the filter object.</param>
/// <param name="List">Its list: "importV4".</param>
/// <param name="Index">Place in the list, from 0.</param>
public sealed record RulePlace(string Filter, string List, int Index)
{
    /// <summary>The rule's own name; null when it has none.</summary>
    public string? Name { get; init; }

    /// <summary>The file; null for an object that comes from elsewhere.</summary>
    public string? File { get; init; }

    /// <summary>The line in the file, from 1; 0 when there is none.</summary>
    public int Line { get; init; }

    /// <summary>By what a rule is, not by where it has moved: a comment put in above it is no change of policy.</summary>
    public bool Equals(RulePlace? other) =>
        other is not null && (Filter, List, Index, Name) == (other.Filter, other.List, other.Index, other.Name);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Filter, List, Index, Name);

    /// <summary>"from-tor importV4[2] (no-bogons), bgp.yaml:17".</summary>
    public override string ToString() =>
        $"{Filter} {List}[{Index}]{(Name is null ? "" : $" ({Name})")}{(Line > 0 ? $", {File}:{Line}" : "")}";
}
