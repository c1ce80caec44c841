namespace Routing.Bgp.Wire.Updates;

/// <summary>What a session demands of UPDATEs beside what two OPENs agree on: configuration of this end.</summary>
internal sealed record UpdateRules
{
    /// <summary>What the RFCs say of a peer of which nothing more is known.</summary>
    public static UpdateRules Default { get; } = new();

    /// <summary>What is written down elsewhere is taken as it stands.</summary>
    public static UpdateRules Archive { get; } = new() { AcceptsAsSets = true, AcceptsAigp = true, IsInConfederation = true };

    /// <summary>Both of us are in one confederation: its segments may be in AS_PATH (RFC 5065 §5).</summary>
    public bool IsInConfederation { get; init; }

    /// <summary>The peer is in another member AS: its paths begin with AS_CONFED_SEQUENCE (RFC 5065 §5).</summary>
    public bool IsOtherMember { get; init; }

    /// <summary>The AS that paths must begin with (RFC 4271 §6.3); 0 for any.</summary>
    public uint FirstAsn { get; init; }

    /// <summary>AS_SET and AS_CONFED_SET may come, as before RFC 9774.</summary>
    public bool AcceptsAsSets { get; init; }

    /// <summary>AIGP is enabled on the session (RFC 7311 §3.3).</summary>
    public bool AcceptsAigp { get; init; }

    /// <summary>Most attributes of an UPDATE that no row of <see cref="PathAttributeTable"/> knows.</summary>
    public int MaximumUnknownAttributes { get; init; } = byte.MaxValue;
}
