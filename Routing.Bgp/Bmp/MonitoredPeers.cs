using System.Net;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Bmp;

/// <summary>The peers that a station knows to be up.</summary>
internal sealed class MonitoredPeers(SpeakerIdentity own)
{
    private readonly Dictionary<PeerIndex, (BmpPeer Header, PeerUp Session)> _peers = [];

    /// <summary>The Loc-RIB as a peer (RFC 9069 §4.1): no address, our AS and identifier.</summary>
    public BmpPeer LocRib { get; } = new(BmpPeerType.LocRib, IPAddress.Any, own.Asn, own.RouterId);

    /// <summary>Adds a peer whose session is up.</summary>
    /// <returns>Its header.</returns>
    public BmpPeer Add(PeerUp session)
    {
        var header = new BmpPeer(BmpPeerType.Global, session.PeerAddress, session.PeerAsn, session.PeerIdentifier);
        _peers[session.Peer] = (header, session);
        return header;
    }

    /// <summary>Removes a peer.</summary>
    /// <returns>Its header; null when the station did not know it.</returns>
    public BmpPeer? Remove(PeerIndex peer) => _peers.Remove(peer, out var known) ? known.Header : null;

    /// <summary>True for a peer whose routes are told.</summary>
    public bool Contains(PeerIndex peer) => _peers.ContainsKey(peer);

    /// <summary>All of them.</summary>
    public IEnumerable<(BmpPeer Header, PeerUp Session)> All => _peers.Values;

    /// <summary>What stands before a route.</summary>
    public (BmpPeer Peer, BmpPeerFlags Flags) HeaderOf(in RouteName name) => name.Table switch
    {
        MonitoredTable.LocRib => (LocRib, BmpPeerFlags.None),
        MonitoredTable.AdjRibInPostPolicy => (_peers[name.Source].Header, BmpPeerFlags.PostPolicy),
        _ => (_peers[name.Source].Header, BmpPeerFlags.None),
    };

    /// <summary>The peer sends path identifiers, as its OPEN in the Peer Up message says.</summary>
    public bool HasPathIds(in RouteName name, AfiSafi family) =>
        name.Table != MonitoredTable.LocRib && _peers[name.Source].Session.ReceivesPathIds.Contains(family);
}
