using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Capabilities;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Fsm;

/// <summary>Judges the peer's OPEN (RFC 4271 §6.2) and works out what both sides agree on.</summary>
internal static class OpenNegotiation
{
    /// <summary>Compares our OPEN with the peer's.</summary>
    /// <param name="expectedAsn">The AS that the peer is configured to have; 0 for any but ours.</param>
    public static bool TryNegotiate(
        LocalOpen local,
        uint expectedAsn,
        OpenMessage peer,
        [NotNullWhen(true)] out NegotiatedSession? session,
        [NotNullWhen(false)] out DecodeError? error)
    {
        session = null;
        var fourOctetAsn = peer.Capabilities.OfType<FourOctetAsnCapability>().FirstOrDefault();
        var asn = fourOctetAsn?.Asn ?? peer.MyAsn;
        var isExternal = asn != local.Asn;

        // AS 0 is nobody's (RFC 7607 §2): as the expected one it stands for any but ours.
        if (asn == 0 || (expectedAsn == 0 ? !isExternal : asn != expectedAsn))
        {
            error = DecodeError.BadPeerAs(asn, expectedAsn);
            return false;
        }

        // RFC 6286 §2.2: any four octets but zero, and inside an AS unique.
        if (peer.BgpIdentifier == 0 || (!isExternal && peer.BgpIdentifier == local.BgpIdentifier))
        {
            error = DecodeError.BadBgpIdentifier(
                peer.BgpIdentifier == 0 ? "the BGP Identifier is zero" : "the internal peer has our BGP Identifier");
            return false;
        }

        if (peer.HoldTimeSeconds is 1 or 2)
        {
            error = DecodeError.UnacceptableHoldTime(peer.HoldTimeSeconds);
            return false;
        }

        if (isExternal && RoleNegotiation.Check(local, peer) is { } mismatch)
        {
            error = mismatch;
            return false;
        }

        var families = CommonFamilies(local.Families, peer);
        if (families.IsEmpty)
        {
            error = DecodeError.UnsupportedCapability(
                EncodeFamilies(local.Families), "the peer offers none of the configured address families");
            return false;
        }

        // The last counts: RFC 4724 §3. Without it the long-lived one means nothing: RFC 9494 §4.1.
        var restart = local.RestartTime > TimeSpan.Zero
            ? peer.Capabilities.OfType<GracefulRestartCapability>().LastOrDefault()
            : null;
        session = new NegotiatedSession
        {
            PeerAsn = asn,
            PeerIdentifier = peer.BgpIdentifier,
            IsExternal = isExternal,
            HoldTime = TimeSpan.FromSeconds(Math.Min((int)local.HoldTime.TotalSeconds, peer.HoldTimeSeconds)),
            Families = families,
            FourOctetAsn = fourOctetAsn is not null,
            EnhancedRefresh = peer.Capabilities.OfType<EnhancedRouteRefreshCapability>().Any(),
            ReceivesFilters = FilterFamilies(families, local, OrfMode.Receive, OrfMode.Send, peer),
            SendsFilters = FilterFamilies(families, local, OrfMode.Send, OrfMode.Receive, peer),
            ReceivesPathIds = PathIdFamilies(families, local.AddPath, AddPathMode.Receive, peer),
            SendsPathIds = PathIdFamilies(families, local.AddPath, AddPathMode.Send, peer),
            RouteRefresh = peer.Capabilities.OfType<RouteRefreshCapability>().Any(),
            GracefulRestart = restart,
            NotificationRestart = local.NotificationRestart && restart is { Notification: true },
            LongLivedRestart = restart is not null && local.LongLivedStaleTime > TimeSpan.Zero
                ? peer.Capabilities.OfType<LongLivedRestartCapability>().LastOrDefault()
                : null,
            ExtendedNextHop = local.ExtendedNextHop && peer.Capabilities.OfType<ExtendedNextHopCapability>()
                .Any(capability => capability.IPv6NextHops.Contains(AfiSafi.IPv4Unicast)),
            ExtendedMessages =
                local.ExtendedMessages && peer.Capabilities.OfType<ExtendedMessageCapability>().Any(),
            PeerCapabilities = peer.Capabilities,
        };
        error = null;
        return true;
    }

    /// <summary>A peer without the multiprotocol capability speaks IPv4 unicast (RFC 4760 §8).</summary>
    private static ImmutableArray<AfiSafi> CommonFamilies(ImmutableArray<AfiSafi> ours, OpenMessage peer)
    {
        var theirs = peer.Capabilities.OfType<MultiprotocolCapability>()
            .Select(capability => capability.Family)
            .ToHashSet();
        if (theirs.Count == 0)
        {
            theirs.Add(AfiSafi.IPv4Unicast);
        }

        return [.. ours.Where(theirs.Contains)];
    }

    /// <summary>RFC 7911 §4: identifiers go one way when one side would send them and the other receives them.</summary>
    private static ImmutableArray<AfiSafi> PathIdFamilies(
        ImmutableArray<AfiSafi> families, AddPathMode ours, AddPathMode way, OpenMessage peer)
    {
        var theirs = peer.Capabilities.OfType<AddPathCapability>().LastOrDefault();
        var opposite = way == AddPathMode.Send ? AddPathMode.Receive : AddPathMode.Send;
        return theirs is null || (ours & way) == 0
            ? []
            : [.. families.Where(family => (theirs.ModeOf(family) & opposite) != 0)];
    }

    /// <summary>RFC 5291 §5: filters go one way when one side would send them and the other honours them.</summary>
    private static ImmutableArray<AfiSafi> FilterFamilies(
        ImmutableArray<AfiSafi> families, LocalOpen local, OrfMode ours, OrfMode theirs, OpenMessage peer)
    {
        var capability = peer.Capabilities.OfType<OutboundFilterCapability>().LastOrDefault();
        return capability is null
            ? []
            : [.. families.Where(family =>
                (local.OrfModeOf(family) & ours) != 0 && (capability.ModeOf(family) & theirs) != 0)];
    }

    private static byte[] EncodeFamilies(ImmutableArray<AfiSafi> families)
    {
        Span<byte> buffer = stackalloc byte[6 * families.Length];
        var writer = new WireWriter(buffer);
        foreach (var family in families)
        {
            new MultiprotocolCapability(family).Encode(ref writer);
        }

        return writer.Written.ToArray();
    }
}
