using System.Net;
using Routing.Bgp.Wire.Updates;

namespace Routing.Bgp.Session;

/// <summary>Who talks with whom.</summary>
/// <param name="Name">The peer's name.</param>
/// <param name="PeerAsn">The peer's AS.</param>
/// <param name="LocalAsn">Ours.</param>
/// <param name="PeerAddress">The peer's address.</param>
/// <param name="LocalAddress">Ours; the unspecified one while there is no connection.</param>
internal sealed record SessionEnds(
    string Name, uint PeerAsn, uint LocalAsn, IPAddress PeerAddress, IPAddress LocalAddress)
{
    /// <summary>AS numbers have four octets on the connection (RFC 6793).</summary>
    public bool FourOctetAsn { get; init; } = true;

    /// <summary>What the meaning of UPDATEs depends on; null before Established.</summary>
    public UpdateContext? Context { get; init; }
}
