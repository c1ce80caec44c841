using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.RoutePolicy.Reference;

/// <summary>A segment of an AS path.</summary>
/// <param name="Type">Sequence or set, of the confederation or not.</param>
/// <param name="Asns">Its AS numbers.</param>
internal sealed record PolicyPathSegment(AsPathSegmentType Type, Sequence<uint> Asns);
