using Routing.Bgp.Wire.Attributes;

namespace Routing.Bgp.Speaker;

/// <summary>AS numbers towards a neighbour, and what its paths may look like.</summary>
public sealed record AsPathOptions
{
    /// <summary>Another AS number than ours; null for ours.</summary>
    public LocalAsOptions? LocalAs { get; init; }

    /// <summary>Private AS numbers (RFC 6996) that are taken out of the paths it is sent.</summary>
    public PrivateAsScope RemovePrivateAs { get; init; }

    /// <summary>With <see cref="RemovePrivateAs"/>: our AS comes in their place.</summary>
    public bool ReplacePrivateAs { get; init; }

    /// <summary>The neighbour's own AS in the paths it is sent gives way to ours, so that sites of one AS can reach each
    /// other through us.</summary>
    public bool AsOverride { get; init; }

    /// <summary>How often our own AS may be in the paths it sends.</summary>
    public int AllowedOwnAsns { get; init; }

    /// <summary>The leftmost AS of a path must be the neighbour's (RFC 4271 §6.3). Null: yes in another AS, unless it is a
    /// route server.</summary>
    public bool? EnforceFirstAs { get; init; }

    /// <summary>AS_SET and AS_CONFED_SET are accepted, as before RFC 9774.</summary>
    public bool AcceptAsSets { get; init; }

    /// <summary>Longest path accepted, sets counting one; the routes of longer ones are treated as withdrawn.</summary>
    public int MaximumLength { get; init; } = 500;
}
