namespace Routing.Policy.Model;

/// <summary>The identity of an object in a namespace.</summary>
public readonly record struct NamespacedName(string Namespace, string Name) : IComparable<NamespacedName>, ISpanFormattable
{
    /// <inheritdoc/>
    public int CompareTo(NamespacedName other)
    {
        var byNamespace = string.CompareOrdinal(Namespace, other.Namespace);
        return byNamespace != 0 ? byNamespace : string.CompareOrdinal(Name, other.Name);
    }

    /// <summary>"namespace/name".</summary>
    public override string ToString() => $"{Namespace}/{Name}";

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        destination.TryWrite($"{Namespace}/{Name}", out charsWritten);
}
