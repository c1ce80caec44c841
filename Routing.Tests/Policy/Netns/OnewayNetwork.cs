using System.Net;
using System.Net.Sockets;
using Routing.Agent.Netlink.Netfilter;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Tests.Policy.Netns;

/// <summary>Sends first packets of every protocol, many at once, and tells which arrived. They are made by hand and looked for with
/// raw sockets, so that nobody has to answer: what comes back may be denied where it is judged by itself (doNotTrack).</summary>
internal sealed class OnewayNetwork : IDisposable
{
    private const int Links = 2;
    private const ushort FirstLowPort = 500, FirstHighPort = 20000;

    private readonly KernelCluster _cluster;
    private readonly Sentinels _sentinels;
    private readonly List<(TransportProtocol Protocol, IpFamily Family, Socket Socket)> _receivers = [];
    private readonly ConntrackNetlink _conntrack;
    private readonly byte[] _buffer = new byte[2048];
    private ushort _round;

    /// <param name="cluster">Whose namespaces.</param>
    /// <param name="protocols">What may be sent.</param>
    public OnewayNetwork(KernelCluster cluster, IReadOnlyList<TransportProtocol> protocols)
    {
        _cluster = cluster;
        _conntrack = ConntrackNetlink.Open(cluster.Node.Inner);
        _sentinels = new Sentinels(cluster, FailsafePorts.Default.Outbound.Items.First(port => port.Protocol == TransportProtocol.Udp).Low);
        foreach (var home in cluster.Homes.Values.Distinct())
        {
            home.Inner.Run(() =>
            {
                foreach (var protocol in protocols)
                {
                    foreach (var family in Enum.GetValues<IpFamily>())
                    {
                        _receivers.Add((protocol, family, RawSocket.Open(family, (int)protocol)));
                    }
                }
            });
        }
    }

    /// <summary>Sends all and returns those that arrived.</summary>
    public HashSet<Probe> Send(IReadOnlyList<Probe> probes)
    {
        // Other source ports each time, and what has none forgotten: connection tracking has not seen any of it.
        _round++;
        foreach (var family in Enum.GetValues<IpFamily>())
        {
            _conntrack.Delete(_conntrack.List(family, entry => IsPortless((TransportProtocol)entry.Original.Protocol)));
        }

        foreach (var sender in probes.Index().GroupBy(one => (one.Item.From, one.Item.Protocol)))
        {
            _cluster.Homes[sender.Key.From].Inner.Run(() => SendFrom(sender.Key.From, sender.Key.Protocol, sender));
        }

        _sentinels.Pass(Links);
        var arrived = new HashSet<Probe>();
        foreach (var (protocol, family, socket) in _receivers)
        {
            while (socket.Poll(0, SelectMode.SelectRead))
            {
                // IPv4 raw sockets hand over the IP header, IPv6 ones do not.
                var length = socket.Receive(_buffer);
                var header = family == IpFamily.V4 ? (_buffer[0] & 15) * 4 : 0;
                if (RawPacket.TryDecode(protocol, _buffer.AsSpan(header, length - header), out var type, out var mark)
                    && mark.Round == _round && mark.Index < probes.Count
                    && probes[mark.Index] is var probe && (probe.Protocol, probe.IcmpType) == (protocol, type))
                {
                    arrived.Add(probe);
                }
            }
        }

        return arrived;
    }

    /// <summary>True when connection tracking takes all that two addresses say to each other, in both directions, for one
    /// connection.</summary>
    public static bool IsPortless(TransportProtocol protocol) => !protocol.HasPorts() && !protocol.HasTypes();

    public void Dispose()
    {
        _conntrack.Dispose();
        _receivers.ForEach(one => one.Socket.Dispose());
        _sentinels.Dispose();
    }

    private void SendFrom(Address from, TransportProtocol protocol, IEnumerable<(int Index, Probe Probe)> probes)
    {
        Traffic.StayOnOneProcessor(); // that of the sentinels
        using var socket = RawSocket.Open(from.Family, (int)protocol);
        socket.Bind(new IPEndPoint(from.ToIPAddress(), 0));
        foreach (var (index, probe) in probes)
        {
            var sourcePort = (ushort)((probe.IsFromLowPort ? FirstLowPort : FirstHighPort) + _round);
            try
            {
                socket.SendTo(RawPacket.Encode(probe, sourcePort, new PacketMark(_round, (ushort)index)), new IPEndPoint(probe.To.ToIPAddress(), 0));
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
            {
                // A host endpoint of the sender denies it.
            }
        }
    }
}
