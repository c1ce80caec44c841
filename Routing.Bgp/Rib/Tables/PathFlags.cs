namespace Routing.Bgp.Rib.Tables;

/// <summary>What is known of one path beside its attributes. Any of the <see cref="Excluded"/> bits keeps it out of the
/// decision process; the path itself stays, so that a changed filter needs no route refresh.</summary>
[Flags]
internal enum PathFlags : ushort
{
    None = 0,

    /// <summary>Kept from before the peer restarted (RFC 4724 §4.2); decides like any other until it is swept.</summary>
    Stale = 1,

    /// <summary>The import filter rejects it.</summary>
    Filtered = 2,

    /// <summary>Our own AS is in its AS_PATH (RFC 4271 §9.1.2).</summary>
    AsLoop = 4,

    /// <summary>We are its ORIGINATOR_ID, or our cluster is in its CLUSTER_LIST (RFC 4456 §8).</summary>
    ReflectionLoop = 8,

    /// <summary>Its next hop is ourselves (RFC 4271 §5.1.3).</summary>
    NextHopSelf = 16,

    /// <summary>Meant for customers only, and leaked (RFC 9234 §5).</summary>
    RouteLeak = 32,

    /// <summary>The peer announces its routes again and has not come to this one (RFC 7313 §4).</summary>
    Refreshing = 0x4000,

    /// <summary>From another AS and without an import policy, where one is required (RFC 8212 §2).</summary>
    NoPolicy = 64,

    /// <summary>No route leads to its next hop (RFC 4271 §9.1.2.1).</summary>
    Unreachable = 128,

    /// <summary>Stale, and kept past the restart time (RFC 9494 §4.2); its attributes say so too.</summary>
    LongLived = 0x8000,

    /// <summary>Not a candidate.</summary>
    Excluded = Filtered | AsLoop | ReflectionLoop | NextHopSelf | RouteLeak | NoPolicy | Unreachable,
}
