using Routing.Bgp.Rib.Export;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Bmp;

/// <summary>A place in an update group that a station has beside a peer.</summary>
/// <param name="Family">Of which family.</param>
/// <param name="Member">The place.</param>
/// <param name="IsPrePolicy">In the group of what would be told but for the policy.</param>
internal sealed record AdjRibOutWatch(AfiSafi Family, GroupMember Member, bool IsPrePolicy);
