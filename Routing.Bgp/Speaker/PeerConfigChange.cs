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
        || from.Restart with { LongLivedToAll = false } != to.Restart with { LongLivedToAll = false }
        || from.AsPath.MaximumLength != to.AsPath.MaximumLength
        || from.Limits with { Families = [] } != to.Limits with { Families = [] }
        || from.AddPath.Mode != to.AddPath.Mode
        || !from.Families.AsSpan().SequenceEqual(to.Families.AsSpan());

    /// <summary>The part of a configuration that the RIB goes by.</summary>
    public static RibPeerConfig ForRib(PeerConfig config, IPAddress address, SpeakerConfig speaker) => new()
    {
        Name = SpeakerPeer.NameOf(config, address),
        ExportProfile = PeerProfiles.Export(speaker, config),
        ImportProfile = PeerProfiles.Import(speaker, config),
        RouteReflectorClient = config.RouteReflectorClient,
        TellsLongLived = config.Restart.LongLivedToAll,
        AddPathMaximum = config.AddPath.Send,
        Families = config.Families,
        IsDynamic = config.AddressRange is not null,
        Limits = config.Limits.Families,
        Import = config.Import,
        Export = config.Export,
    };
}
