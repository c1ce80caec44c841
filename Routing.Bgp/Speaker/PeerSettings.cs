using System.Net;
using Routing.Bgp.Rib;
using Routing.Bgp.Session;
using Routing.Bgp.Session.Tcp;
using Routing.Bgp.Speaker.Drain;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Speaker;

/// <summary>What sessions, RIB and listeners are told of a neighbour's configuration.</summary>
internal static class PeerSettings
{
    /// <summary>What its sessions go by.</summary>
    public static PeerSessionSettings ForSession(
        SpeakerConfig speaker, PeerConfig config, PeerIndex index, IPAddress address) => new()
    {
        Name = SpeakerPeer.NameOf(config, address),
        Peer = index,
        Remote = new IPEndPoint(address, config.Transport.Port),
        PeerAsn = config.Asn,
        LocalAsn = PeerProfiles.LocalAsn(speaker, config),
        AlternateLocalAsn = config.AsPath.LocalAs is { DualAs: true } ? PeerProfiles.PublicAsn(speaker) : 0,
        Kind = PeerProfiles.KindOf(speaker, config),
        Role = config.Relation.Role,
        StrictRole = config.Relation.StrictRole,
        UpdateRules = PeerProfiles.Rules(speaker, config),
        BgpIdentifier = (uint)Prefix.ToInteger(speaker.RouterId),
        Passive = config.Transport.Passive || config.AddressRange is not null,
        Connection = config.Transport.ToConnectionOptions(isExternal: config.Asn != speaker.Asn),
        Families = config.Families,
        AddPath = config.AddPath.Mode,
        ReceivesFilters = config.OutboundFilters.Receive,
        SentFilters = config.OutboundFilters.Entries,
        HoldTime = config.Timers.HoldTime,
        ConnectRetryTime = config.Timers.ConnectRetryTime,
        GracefulRestartTime = config.Restart.RestartTime ?? speaker.GracefulRestartTime,
        NotificationRestart = config.Restart.Notification,
        LongLivedStaleTime = config.Restart.LongLivedStaleTime,
        StalePathTime = config.Restart.StalePathTime,
        ExtendedNextHop = config.Transport.ExtendedNextHop ?? address.IsIPv6LinkLocal,
        ExtendedMessages = config.Transport.ExtendedMessages,
        LimitRestartTime = config.Limits.RestartTime,
        MaximumAttributes = config.Limits.MaximumAttributes,
        MaximumAsPathLength = config.AsPath.MaximumLength,
    };

    /// <summary>What the RIB goes by.</summary>
    public static RibPeerConfig ForRib(PeerConfig config, IPAddress address, SpeakerConfig speaker) => new()
    {
        Name = SpeakerPeer.NameOf(config, address),
        ExportProfile = PeerProfiles.Export(speaker, config),
        ImportProfile = PeerProfiles.Import(speaker, config),
        RouteReflectorClient = config.RouteReflectorClient,
        TellsLongLived = config.Restart.LongLivedToAll,
        AddPathMaximum = config.AddPath.Send,
        Families = config.Families,
        IsDynamic = config.Address is null,
        Limits = config.Limits.Families,
        Import = config.Import,
        Export = config.Export,
    };

    /// <summary>The same while the session is about to be taken out of service (RFC 8326).</summary>
    public static RibPeerConfig Drained(RibPeerConfig config) => config with
    {
        ExportProfile = config.ExportProfile with { IsDraining = true },
        Import = DrainedImport.Of(config.Import),
    };

    /// <summary>Keys of all neighbours, by where their connections come from.</summary>
    public static Dictionary<IPNetwork, PeerKeys> KeysOf(SpeakerConfig speaker)
    {
        var keys = new Dictionary<IPNetwork, PeerKeys>();
        foreach (var peer in speaker.Peers.Where(peer => !peer.Transport.Keys.IsEmpty))
        {
            // A neighbour named by its interface has some link-local address: one key for all of those.
            var network = peer.AddressRange
                ?? (peer.Address is { } address ? PeerKeys.NetworkOf(address) : PeerKeys.LinkLocal);
            keys.TryAdd(network, peer.Transport.Keys);
        }

        return keys;
    }
}
