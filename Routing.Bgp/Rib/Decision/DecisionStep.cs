namespace Routing.Bgp.Rib.Decision;

/// <summary>Why a path was chosen over the next best one, or why a path was no candidate. Logs, gRPC and tests share these
/// names.</summary>
public enum DecisionStep
{
    /// <summary>Nothing to compare with.</summary>
    OnlyPath,

    /// <summary>A route that is not kept for a peer that has been away for long, before one that is (RFC 9494
    /// §4.3).</summary>
    NotLongLivedStale,

    /// <summary>Our own route goes before any that was learned.</summary>
    LocallyOriginated,

    /// <summary>The weight that the import policy gave; local to this speaker.</summary>
    HigherWeight,

    /// <summary>Degree of preference (RFC 4271 §9.1.1).</summary>
    HigherLocalPref,

    /// <summary>AIGP: there and the other has none, or lower with our cost to the peer (RFC 7311 §4.1).</summary>
    LowerAigp,

    /// <summary>RFC 4271 §9.1.2.2 a.</summary>
    ShorterAsPath,

    /// <summary>RFC 4271 §9.1.2.2 b.</summary>
    LowerOrigin,

    /// <summary>RFC 4271 §9.1.2.2 c, among paths of the same neighbour AS.</summary>
    LowerMed,

    /// <summary>RFC 4271 §9.1.2.2 d.</summary>
    ExternalOverInternal,

    /// <summary>RFC 4271 §9.1.2.2 e: the next hop is nearer.</summary>
    LowerInteriorCost,

    /// <summary>RFC 4271 §9.1.2.2 f; ORIGINATOR_ID stands for the identifier where it is there (RFC 4456 §9).</summary>
    LowerBgpIdentifier,

    /// <summary>RFC 4456 §9.</summary>
    ShorterClusterList,

    /// <summary>RFC 4271 §9.1.2.2 g.</summary>
    LowerPeerAddress,

    /// <summary>Among paths of one peer (RFC 7911), so that the order of arrival decides nothing. No RFC has this step.</summary>
    LowerPathId,

    /// <summary>No candidate: the import filter rejects it.</summary>
    RejectedByFilter,

    /// <summary>No candidate: our AS is in its AS_PATH (RFC 4271 §9.1.2).</summary>
    AsLoop,

    /// <summary>No candidate: it was reflected back to us (RFC 4456 §8).</summary>
    ReflectionLoop,

    /// <summary>No candidate: its next hop is ourselves (RFC 4271 §5.1.3).</summary>
    NextHopIsSelf,

    /// <summary>No candidate: its peer in another AS has no import filter, and one is required (RFC 8212 §2).</summary>
    NoImportPolicy,

    /// <summary>No candidate: no route leads to its next hop (RFC 4271 §9.1.2.1).</summary>
    NextHopUnreachable,

    /// <summary>No candidate: it was meant for customers only, and leaked (RFC 9234 §5).</summary>
    RouteLeak,
}
