namespace Routing.Policy.Model;

/// <summary>How a <see cref="Requirement"/> looks at a label. In the order of their canonical form.</summary>
public enum SelectorOperator
{
    /// <summary>The label has one of the values.</summary>
    In,

    /// <summary>The label has none of the values, or there is no such label.</summary>
    NotIn,

    /// <summary>There is such a label.</summary>
    Exists,

    /// <summary>There is no such label.</summary>
    DoesNotExist,
}
