using Routing.Bgp.Speaker;

namespace Routing.Agent.BgpConfig;

/// <summary>Reads how the TCP connection with a neighbour comes about.</summary>
internal static class TransportReader
{
    /// <summary>Reads the fields.</summary>
    public static TransportOptions Read(FieldReader spec)
    {
        var defaults = new TransportOptions();
        return new TransportOptions
        {
            Port = (int?)spec.Integer("peerPort", 1, ushort.MaxValue) ?? defaults.Port,
            Passive = spec.Boolean("passive") ?? defaults.Passive,
            SourceAddress = spec.Address("sourceAddress"),
            Interface = spec.InterfaceName("interface"),
            TtlSecurityHops = (int?)spec.Integer("ttlSecurity", 1, 254),
            MultihopTtl = (int?)spec.Integer("ebgpMultihop", 1, 255) ?? defaults.MultihopTtl,
            ExtendedNextHop = spec.Boolean("extendedNextHop"),
            ExtendedMessages = spec.Boolean("extendedMessages") ?? defaults.ExtendedMessages,
            DynamicPeerLimit = (int?)spec.Integer("peerLimit", 1, 4096) ?? defaults.DynamicPeerLimit,
        };
    }

    /// <summary>Reports what does not go with the neighbour's address.</summary>
    public static void Check(FieldReader spec, PeerConfig peer)
    {
        if (peer.AddressRange is not null && spec.Has("peerPort"))
        {
            spec.Report("peerPort", $"{peer.Transport.Port}", "nothing beside peerRange: we never connect to neighbours of a range");
        }

        if (spec.Has("ttlSecurity") && spec.Has("ebgpMultihop"))
        {
            spec.Report("ebgpMultihop", $"{peer.Transport.MultihopTtl}", "nothing beside ttlSecurity, which says how far the neighbour is");
        }

        if (peer is { Address: { } address, Transport.SourceAddress: { } source } && address.AddressFamily != source.AddressFamily)
        {
            spec.Report("sourceAddress", $"{source}", $"an address of the same family as peerIP {address}");
        }
    }
}
