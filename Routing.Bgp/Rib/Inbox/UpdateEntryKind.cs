namespace Routing.Bgp.Rib.Inbox;

/// <summary>What an <see cref="UpdateEntry"/> asks of the RIB.</summary>
internal enum UpdateEntryKind : byte
{
    /// <summary>Feasible routes with their attributes.</summary>
    Announce,

    /// <summary>Withdrawn routes, or routes that RFC 7606 §2 treats as withdrawn.</summary>
    Withdraw,

    /// <summary>End-of-RIB of the family (RFC 4724 §2); no NLRI.</summary>
    EndOfRib,

    /// <summary>All routes of the family follow again (RFC 7313 §4); no NLRI.</summary>
    BeginOfRefresh,

    /// <summary>They have come (RFC 7313 §4); no NLRI.</summary>
    EndOfRefresh,
}
