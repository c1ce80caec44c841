using System.Collections.Immutable;

namespace Routing.Agent.Dataplane.Live;

/// <summary>A rule that a packet meets.</summary>
public sealed record KernelStep
{
    /// <summary>Its chain.</summary>
    public required string Chain { get; init; }

    /// <summary>Chains that lead here from the hook.</summary>
    public required int Depth { get; init; }

    /// <summary>Its place in the chain, from 1; 0 for the chain's end, where its policy decides.</summary>
    public required int Rule { get; init; }

    /// <summary>What was looked up, up to the first that has the packet not.</summary>
    public ImmutableArray<KernelLookup> Lookups { get; init; } = [];

    /// <summary>All of the rule's conditions hold.</summary>
    public bool Matches { get; init; }

    /// <summary>What it does with what it matches: "drop", "goto egress-0123456789ab", "report".</summary>
    public string Action { get; init; } = "";

    /// <summary>The rule's comment.</summary>
    public string Comment { get; init; } = "";

    /// <summary>What it has counted; null for a rule that does not count.</summary>
    public KernelCount? Count { get; init; }

    /// <summary>What of the rule cannot be told from the packet; null for nothing.</summary>
    public string? Unknown { get; init; }
}

/// <summary>What a rule has counted since it was written.</summary>
/// <param name="Packets">Packets; with connection tracking before it, those that began a connection.</param>
/// <param name="Octets">Their octets.</param>
public readonly record struct KernelCount(long Packets, long Octets);

/// <summary>A look-up in a set or map.</summary>
/// <param name="Set">The set or map, by its name in the ruleset.</param>
/// <param name="Found">The set has the packet.</param>
/// <param name="Text">The element found, else what was looked for, in words.</param>
public sealed record KernelLookup(string Set, bool Found, string Text)
{
    /// <summary>A part of the set was asked: the rest of it is in other look-ups.</summary>
    public bool IsPart { get; init; }
}
