namespace Routing.Bgp.Rib.Decision;

/// <summary>Which paths may share the traffic with the best one.</summary>
/// <param name="MaximumPaths">Most of them, the best one included; 1 for that alone.</param>
/// <param name="External">Where the best path is external.</param>
/// <param name="Internal">Where it is internal.</param>
/// <param name="Mixed">External and internal ones together: step d of RFC 4271 §9.1.2.2 is passed over.</param>
/// <param name="RelaxAsPath">AS_PATHs need the same length only, not the same numbers.</param>
/// <param name="Weighted">By their link bandwidth, when all have one (draft-ietf-idr-link-bandwidth §3).</param>
internal sealed record MultipathRules(
    int MaximumPaths = 1,
    bool External = true,
    bool Internal = true,
    bool Mixed = false,
    bool RelaxAsPath = true,
    bool Weighted = true);
