using System.Net;

namespace Routing.Bgp.Session;

/// <summary>Who may connect; the speaker knows.</summary>
internal interface IPeerDirectory
{
    /// <summary>The session of the peer with this address; a session is made at once for an address in the range of
    /// dynamic neighbours.</summary>
    /// <param name="local">The address that was connected to.</param>
    /// <returns>Null for a stranger.</returns>
    PeerSession? Find(IPAddress remote, IPAddress local);
}
