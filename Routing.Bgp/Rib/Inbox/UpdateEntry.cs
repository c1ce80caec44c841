using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib.Inbox;

/// <summary>One announcement, withdrawal or end-of-RIB of one family inside an <see cref="UpdateBatch"/>.</summary>
/// <param name="Kind">What to do with the NLRI.</param>
/// <param name="Family">Family of the NLRI.</param>
/// <param name="AttributesOffset">Start of the canonical attributes in the batch's octets (announcements only).</param>
/// <param name="AttributesLength">Octets of canonical attributes.</param>
/// <param name="AttributesHash">Hash of those octets, computed on the session's task.</param>
/// <param name="NlriOffset">Start of the NLRI in wire form (RFC 4271 §4.3), lengths already checked.</param>
/// <param name="NlriLength">Octets of NLRI.</param>
/// <param name="HasPathIds">A path identifier stands before each prefix (RFC 7911 §3).</param>
internal readonly record struct UpdateEntry(
    UpdateEntryKind Kind,
    AfiSafi Family,
    int AttributesOffset,
    int AttributesLength,
    ulong AttributesHash,
    int NlriOffset,
    int NlriLength,
    bool HasPathIds = false);
