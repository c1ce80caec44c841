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
        };
    }

    /// <summary>Reports what does not go with the neighbour's address.</summary>
    public static void Check(FieldReader spec, PeerConfig peer)
    {
        if (peer.AddressRange is not null && spec.Has("peerPort"))
        {
            spec.Report("peerPort", $"{peer.Transport.Port}", "nothing beside peerRange: we never connect to neighbours of a range");
        }

        if (peer is { Address: { } address, Transport.SourceAddress: { } source } && address.AddressFamily != source.AddressFamily)
        {
            spec.Report("sourceAddress", $"{source}", $"an address of the same family as peerIP {address}");
        }
    }
}
