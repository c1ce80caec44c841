namespace Routing.Policy.Model;

/// <summary>Where in a label's value a text is looked for.</summary>
public enum PartOperator
{
    /// <summary>Anywhere.</summary>
    Contains,

    /// <summary>At the beginning.</summary>
    StartsWith,

    /// <summary>At the end.</summary>
    EndsWith,
}
