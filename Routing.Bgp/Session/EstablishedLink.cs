using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Wire.Updates;

namespace Routing.Bgp.Session;

/// <summary>What a link needs once its session is Established.</summary>
/// <param name="Up">What the RIB is told.</param>
/// <param name="Context">What the meaning of UPDATEs depends on.</param>
/// <param name="TakesExtended">We have announced that we take extended messages (RFC 8654).</param>
/// <param name="Before">Ends when the RIB has heard all there was to say of the peer's connection before this
/// one.</param>
internal sealed record EstablishedLink(PeerUp Up, UpdateContext Context, bool TakesExtended, Task Before);
