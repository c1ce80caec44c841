namespace Routing.Policy.Rules;

/// <summary>What happens to a packet.</summary>
/// <param name="Kind">The verdict.</param>
/// <param name="Chain">The chain of <see cref="VerdictKind.Jump"/> and <see cref="VerdictKind.Goto"/>, else
/// null.</param>
public readonly record struct Verdict(VerdictKind Kind, string? Chain = null)
{
    /// <summary>The packet passes this hook.</summary>
    public static Verdict Accept => new(VerdictKind.Accept);

    /// <summary>The packet is gone.</summary>
    public static Verdict Drop => new(VerdictKind.Drop);

    /// <summary>Back to the calling chain.</summary>
    public static Verdict Return => new(VerdictKind.Return);

    /// <summary>Into a chain, and back after it.</summary>
    public static Verdict Jump(string chain) => new(VerdictKind.Jump, chain);

    /// <summary>Into a chain, without coming back.</summary>
    public static Verdict Goto(string chain) => new(VerdictKind.Goto, chain);
}
