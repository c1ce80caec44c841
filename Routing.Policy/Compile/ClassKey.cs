namespace Routing.Policy.Compile;

/// <summary>What makes peers of a stage the same class: the rules that match them and what they call the ports that these
/// rules name.</summary>
/// <param name="Rules">See <see cref="RuleMask"/>. Not to be changed once the key is kept.</param>
/// <param name="Names">Canonical text.</param>
internal readonly record struct ClassKey(ulong[] Rules, string Names)
{
    public bool Equals(ClassKey other) => Names == other.Names && Rules.AsSpan().SequenceEqual(other.Rules);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var word in Rules)
        {
            hash.Add(word);
        }

        hash.Add(Names, StringComparer.Ordinal);
        return hash.ToHashCode();
    }
}
