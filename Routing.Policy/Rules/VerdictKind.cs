namespace Routing.Policy.Rules;

/// <summary>Kinds of <see cref="Verdict"/>.</summary>
public enum VerdictKind
{
    /// <summary>Pass this hook.</summary>
    Accept,

    /// <summary>Discard silently.</summary>
    Drop,

    /// <summary>Return to the caller.</summary>
    Return,

    /// <summary>Call a chain.</summary>
    Jump,

    /// <summary>Continue in a chain.</summary>
    Goto,
}
