using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Updates;

/// <summary>Judges the value of one attribute.</summary>
/// <returns>Null when it is well formed, else the subcode of RFC 4271 §6.3 in case the session has to end.</returns>
internal delegate UpdateErrorSubcode? AttributeCheck(ReadOnlySpan<byte> value, UpdateContext context);
