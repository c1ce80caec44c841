using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Updates;

/// <summary>What this speaker knows of an attribute type: a row of <see cref="PathAttributeTable"/>.</summary>
/// <param name="Type">The type.</param>
/// <param name="Name">As the RFCs spell it.</param>
/// <param name="Flags">The Optional and Transitive bits it must have.</param>
/// <param name="WhenMalformed">What its being malformed costs (RFC 7606 §7).</param>
/// <param name="Check">Judges its value.</param>
/// <param name="InternalOnly">Means nothing from an external peer, and is discarded there.</param>
/// <param name="WhenFlagsAreWrong">What wrong flags cost (RFC 7606 §3.c).</param>
internal sealed record PathAttributeRow(
    AttributeType Type,
    string Name,
    AttributeFlags Flags,
    UpdateOutcome WhenMalformed,
    AttributeCheck Check,
    bool InternalOnly = false,
    UpdateOutcome WhenFlagsAreWrong = UpdateOutcome.TreatAsWithdraw);
