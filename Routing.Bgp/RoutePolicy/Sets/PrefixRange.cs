using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.RoutePolicy.Sets;

/// <summary>Prefixes inside another, of a range of lengths.</summary>
/// <param name="Within">The prefix they are equal to or inside of.</param>
/// <param name="MinLength">Shortest, inclusive.</param>
/// <param name="MaxLength">Longest, inclusive.</param>
public readonly record struct PrefixRange(Prefix Within, byte MinLength, byte MaxLength)
{
    /// <summary>The prefix alone.</summary>
    public static PrefixRange Exactly(Prefix prefix) => new(prefix, prefix.Length, prefix.Length);

    /// <summary>The prefix and all inside it.</summary>
    public static PrefixRange OrLonger(Prefix prefix) => new(prefix, prefix.Length, (byte)prefix.Width);

    /// <summary>True for a prefix that is meant.</summary>
    public bool Contains(Prefix prefix) =>
        prefix.Length >= MinLength && prefix.Length <= MaxLength && Within.Contains(prefix);

    /// <summary>"10.0.0.0/8{16,24}", as BIRD writes it; the prefix alone when it means itself alone.</summary>
    public override string ToString() =>
        MinLength == Within.Length && MaxLength == Within.Length ? $"{Within}" : $"{Within}{{{MinLength},{MaxLength}}}";
}
