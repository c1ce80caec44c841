using System.Collections.Immutable;
using System.Net;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Export;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib;

/// <summary>What a peer's configuration and its session come to together: as a source of routes, for import policies, and as
/// one who is told routes.</summary>
internal static class PeerTerms
{
    /// <summary>What decisions and export rules go by for the peer's routes.</summary>
    public static PathSource SourceOf(RibPeerConfig config, PeerUp up) => new(
        config.Kind,
        up.PeerIdentifier,
        Prefix.ToInteger(up.PeerAddress.MapToIPv6()),
        config.RouteReflectorClient,
        config.ImportProfile.AigpCost,
        config.ImportProfile.HonoursBlackhole)
    {
        ClusterId = config.ExportProfile.ClusterId,
        Interface = up.LocalInterface,
        Scope = up.PeerAddress.IsIPv6LinkLocal ? (uint)up.PeerAddress.ScopeId : 0,
    };

    /// <summary>How a peer with a session is told the routes of a family.</summary>
    public static ExportKey KeyFor(RibPeer peer, AfiSafi family)
    {
        var session = peer.Session!;
        return new ExportKey(
            peer.Config.ExportProfile.KnownBy(session.LocalAsn),
            peer.Config.RouteReflectorClient,
            SelfNextHop(session, family),
            session.FourOctetAsn,
            peer.Config.Export)
        {
            LongLived = session.KeepsLongLived ? LongLivedMode.Send
                : peer.Config is { TellsLongLived: true, Kind: not PathSourceKind.External } ? LongLivedMode.Depreferred
                : LongLivedMode.Withhold,
            ExtendedMessages = session.ExtendedMessages,
            ExtendedNextHop = session.ExtendedNextHop,
            Wanted = peer.Filters.GetValueOrDefault(family)?.Applied,
            AddPaths = session.SendsPathIds.Contains(family) ? peer.Config.AddPathMaximum : 0,
        };
    }

    /// <summary>What import policies see of its sessions, by family; none before it has had one.</summary>
    public static ImmutableArray<RouteScope> ImportScopes(RibPeer peer, SpeakerIdentity own) =>
        peer.LastSession is not { } session ? []
        : [
            ImportScope(peer.Config, session, AfiSafi.IPv4Unicast, own.Asn),
            ImportScope(peer.Config, session, AfiSafi.IPv6Unicast, own.Asn),
        ];

    private static RouteScope ImportScope(RibPeerConfig config, PeerUp session, AfiSafi family, uint ownAsn) => new()
    {
        Family = family,
        IsExport = false,
        PeerKind = config.Kind == PathSourceKind.External ? PeerKind.External : PeerKind.Internal,
        Source = config.Kind == PathSourceKind.External ? RouteSource.ExternalPeers : RouteSource.InternalPeers,
        IsLastChoiceInShutdown = config.Kind == PathSourceKind.External && config.ImportProfile.HonoursGracefulShutdown,
        Interface = session.LocalInterface,
        OwnAsn = config.ImportProfile.LocalAsn != 0 ? config.ImportProfile.LocalAsn : ownAsn,
        OwnAddress = SelfNextHop(session, family),
        PeerAddress = Prefix.FamilyOf(session.PeerAddress) == family ? Prefix.ToInteger(session.PeerAddress) : 0,
        NeighborAsn = session.PeerAsn,
        Role = config.ImportProfile.Role,
    };

    /// <summary>Our next hop towards the peer; 0 when no address of ours would do.</summary>
    private static UInt128 SelfNextHop(PeerUp session, AfiSafi family)
    {
        // RFC 8950: over an IPv6 session our IPv6 address reaches us for IPv4 too, whether we have another or not.
        if (session.ExtendedNextHop && Prefix.FamilyOf(session.LocalAddress) == AfiSafi.IPv6Unicast)
        {
            return Prefix.ToInteger(session.LocalAddress);
        }

        // A link-local address of the other family says nothing about the link it belongs to.
        IPAddress?[] addresses = [session.LocalAddress, session.LocalAddressOfOtherFamily];
        var address = Array.Find(addresses, candidate =>
            candidate is not null && Prefix.FamilyOf(candidate) == family
            && (candidate.Equals(session.LocalAddress) || !candidate.IsIPv6LinkLocal));
        return address is null ? 0 : Prefix.ToInteger(address);
    }
}
