using System.Net.Sockets;
using Routing.Bgp.Speaker;

namespace Routing.Agent.BgpConfig;

/// <summary>Reads a BGPPeer whose group has been merged in, and what a BGPPeerGroup shares with it. A concern adds its own
/// reader here and its options to <see cref="PeerConfig"/>.</summary>
internal static class PeerReader
{
    private const string External = "external";
    private const string Internal = "internal";

    /// <summary>Reads a BGPPeer.</summary>
    public static BgpPeer Read(string name, FieldReader spec)
    {
        if (!spec.Has("interface"))
        {
            spec.Require("asNumber", $"the AS number of the neighbour, 1 to {uint.MaxValue}");
        }

        var range = spec.Prefix("peerRange");
        var address = spec.Address("peerIP");
        spec.Text("peerGroup"); // merged in before
        var peer = ReadShared(name, spec);
        peer = peer with { Config = peer.Config with { Address = address, AddressRange = range?.ToNetwork() } };
        CheckAddress(spec, peer.Config);
        TransportReader.Check(spec, peer.Config);
        BfdReader.Check(spec, peer.Config);
        AsPathReader.Check(spec, peer.Config);
        return peer;
    }

    /// <summary>Reads what a peer and a group of peers have in common: all but the address.</summary>
    public static BgpPeer ReadShared(string name, FieldReader spec)
    {
        var transport = TransportReader.Read(spec);
        var bfd = BfdReader.Read(spec, transport, out var bfdAuthentication);
        var isInternal = spec.IsText("asNumber", Internal);
        var isWord = isInternal || spec.IsText("asNumber", External);
        return new BgpPeer
        {
            IsInternal = isInternal,
            Config = new PeerConfig
            {
                Name = name,
                Asn = isWord ? 0 : spec.Asn("asNumber") ?? 0,
                Families = FamiliesReader.Read(spec),
                Transport = transport,
                Timers = TimerReader.Read(spec),
                Restart = RestartReader.Read(spec),
                Limits = PrefixLimitsReader.Read(spec),
                OutboundFilters = OutboundFilterReader.Read(spec),
                AddPath = AddPathReader.Read(spec),
                Bfd = bfd,
                RouteReflectorClient = spec.Boolean("routeReflectorClient") ?? false,
                ClusterId = spec.Identifier("routeReflectorClusterID"),
                AsPath = AsPathReader.Read(spec),
                Attributes = AttributeReader.Read(spec),
                Relation = RelationReader.Read(spec),
            },
            Filters = spec.List<string>("filters", "the name of a BGPFilter", static text => text) ?? [],
            Authentication = AuthenticationReader.Read(spec) with { Bfd = bfdAuthentication },
            Node = spec.Text("node"),
            NodeSelector = ReadNodeSelector(spec),
        };
    }

    private static NodeSelector? ReadNodeSelector(FieldReader spec)
    {
        const string Field = "nodeSelector";
        if (spec.Text(Field) is not { } text)
        {
            return null;
        }

        var selector = NodeSelector.Parse(text);
        if (selector is null)
        {
            spec.Report(Field, text, NodeSelector.Allowed);
        }

        return selector;
    }

    private static void CheckAddress(FieldReader spec, PeerConfig peer)
    {
        if (!spec.Has("peerIP") && !spec.Has("peerRange") && !spec.Has("interface"))
        {
            spec.Report("peerIP", "", "the address of the neighbour; peerRange for whoever connects from inside it, or "
                + "interface for whoever is at its other end");
        }

        if (peer.Address is not null && peer.AddressRange is not null)
        {
            spec.Report("peerRange", peer.AddressRange.Value.ToString(), "either peerIP or peerRange, not both");
        }

        if (peer.Address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv6LinkLocal: true, ScopeId: 0 } linkLocal)
        {
            spec.Report("peerIP", $"{linkLocal}", "a link-local address only with its interface, as in fe80::1%eth0");
        }
    }
}
