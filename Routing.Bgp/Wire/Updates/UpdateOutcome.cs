namespace Routing.Bgp.Wire.Updates;

/// <summary>What an UPDATE is worth, from mild to severe; of several errors the severest counts (RFC 7606 §2,
/// §3.h).</summary>
internal enum UpdateOutcome : byte
{
    /// <summary>Taken as it is.</summary>
    Accept,

    /// <summary>Taken without the attributes at fault.</summary>
    AttributeDiscard,

    /// <summary>Its routes are taken as withdrawn.</summary>
    TreatAsWithdraw,

    /// <summary>A NOTIFICATION ends the session.</summary>
    SessionReset,
}
