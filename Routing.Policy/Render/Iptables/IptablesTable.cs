using System.Collections.Immutable;

namespace Routing.Policy.Render.Iptables;

/// <summary>Our part of one table of iptables.</summary>
/// <param name="Chains">Rules of each chain of ours, as after `-A CHAIN `, in order.</param>
/// <param name="Jumps">Rules that lead there from the kernel's own chains, by the chain, likewise. They stand before all
/// others.</param>
public sealed record IptablesTable(
    ImmutableSortedDictionary<string, ImmutableArray<string>> Chains,
    ImmutableSortedDictionary<string, ImmutableArray<string>> Jumps)
{
    /// <summary>A table without anything of ours.</summary>
    public static IptablesTable Empty { get; } = new(
        ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal));

    /// <summary>Nothing of ours.</summary>
    public bool IsEmpty => Chains.IsEmpty && Jumps.IsEmpty;
}
