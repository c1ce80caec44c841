namespace Routing.Policy.Translate.Calico;

/// <summary>Where a selector ceases to be one.</summary>
/// <param name="Position">Characters before it.</param>
/// <param name="Expected">What could stand there.</param>
public sealed record SelectorError(int Position, string Expected)
{
    /// <summary>For people, who count from 1.</summary>
    public override string ToString() => $"at character {Position + 1}: {Expected}";
}
