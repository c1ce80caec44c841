using System.Net;
using Routing.Bgp.Rib;

namespace Routing.Bgp.Speaker;

/// <summary>What a new configuration means for a neighbour that is there already.</summary>
internal static class PeerConfigChange
{
    /// <summary>True when the session cannot go on: something changed that an OPEN or the connection itself says.</summary>
    public static bool NeedsNewSession(PeerConfig from, PeerConfig to) =>
        !Equals(from.Address, to.Address)
        || !Equals(from.AddressRange, to.AddressRange)
        || from.Asn != to.Asn
        || !from.Transport.CanBecome(to.Transport)
        || from.Timers != to.Timers
        || from.AddPath.Mode != to.AddPath.Mode
        || !from.Families.AsSpan().SequenceEqual(to.Families.AsSpan());

    /// <summary>The part of a configuration that the RIB goes by.</summary>
    public static RibPeerConfig ForRib(PeerConfig config, IPAddress address, uint ownAsn) => new()
    {
        Name = SpeakerPeer.NameOf(config, address),
        IsExternal = config.Asn != ownAsn,
        RouteReflectorClient = config.RouteReflectorClient,
        NextHopSelf = config.NextHopSelf,
        AddPathMaximum = config.AddPath.Send,
        Families = config.Families,
        IsDynamic = config.AddressRange is not null,
        Import = config.Import,
        Export = config.Export,
    };
}
