namespace Routing.Bgp.Rib.Export;

/// <summary>Why a best path is announced to a peer, or is not. Logs, gRPC and tests share these names.</summary>
public enum ExportVerdict
{
    /// <summary>It is announced.</summary>
    Exported,

    /// <summary>The neighbour in another AS has no export filter, and one is required (RFC 8212 §2).</summary>
    NoPolicy,

    /// <summary>NO_ADVERTISE keeps it from everybody (RFC 1997).</summary>
    NoAdvertise,

    /// <summary>NO_EXPORT keeps it inside our AS or confederation, or NO_EXPORT_SUBCONFED inside our member AS
    /// (RFC 1997).</summary>
    NoExport,

    /// <summary>It came from a provider, a peer or a route server, and would go to another (RFC 9234 §5).</summary>
    OnlyToCustomer,

    /// <summary>Between iBGP peers of which neither is a client, a route is not reflected (RFC 4456 §6).</summary>
    NotReflected,

    /// <summary>It is kept for a peer that has been away for long, and this peer does not know of such routes (RFC 9494
    /// §4.4).</summary>
    LongLivedStale,

    /// <summary>The peer has said that it does not want it (RFC 5291).</summary>
    NotWanted,

    /// <summary>The session has no address of ours in the family that could be its next hop.</summary>
    NoNextHop,

    /// <summary>The export filter rejects it.</summary>
    RejectedByFilter,
}
