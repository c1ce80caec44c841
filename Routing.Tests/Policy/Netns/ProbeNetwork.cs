using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Routing.Policy.Model;
using Routing.Policy.Rules;
using Routing.Tests.Netns;

namespace Routing.Tests.Policy.Netns;

/// <summary>
/// Sends many probes at once and tells which arrived. Nothing waits for a packet that was dropped: <see cref="Sentinels"/> say
/// when whatever was let through has come all the way, for each link of a handshake's.
/// </summary>
internal sealed class ProbeNetwork : IDisposable
{
    private const ushort SentinelPort = 67; // fail-safe
    private const int SctpProtocol = 132;
    private const int LinksOfHandshake = 6; // SYN, SYN-ACK, ACK: two links each

    private readonly KernelCluster _cluster;
    private readonly Dictionary<(TestNamespace, IpFamily), List<Socket>> _listeners = [];
    private readonly Dictionary<(TestNamespace, IpFamily), List<Socket>> _udp = [];
    private readonly Dictionary<(TestNamespace, IpFamily), Socket> _sctp = [];
    private readonly Sentinels _sentinels;
    private readonly byte[] _buffer = new byte[2048];
    private ushort _sourcePort = 20000;

    /// <summary>Opens what listens: every port, every protocol, both families, in every namespace.</summary>
    public ProbeNetwork(KernelCluster cluster, IReadOnlyList<ushort> ports)
    {
        _cluster = cluster;
        _sentinels = new Sentinels(cluster, SentinelPort);
        foreach (var home in cluster.Homes.Values.Distinct())
        {
            home.Inner.Run(() =>
            {
                foreach (var family in Enum.GetValues<IpFamily>())
                {
                    _listeners[(home, family)] = [.. ports.Select(port => Listener(family, port))];
                    _udp[(home, family)] = [.. ports.Select(port => Bound(family, SocketType.Dgram, ProtocolType.Udp, Any(family), port))];
                    _sctp[(home, family)] = RawSocket.Open(family, SctpProtocol);
                }
            });
        }
    }

    /// <summary>Sends all and returns those that arrived; for TCP, those whose connection stood.</summary>
    public HashSet<Probe> Send(IReadOnlyList<Probe> probes)
    {
        _sourcePort++; // a flow of its own each time: connection tracking has not seen it
        var arrived = new HashSet<Probe>();
        var connecting = new List<(Probe Probe, Socket Socket)>();
        foreach (var sender in probes.Index().GroupBy(one => one.Item.From))
        {
            _cluster.Homes[sender.Key].Inner.Run(() => SendFrom(sender.Key, [.. sender], connecting));
        }

        try
        {
            _sentinels.Pass(LinksOfHandshake);
            ReceiveUdp(probes, arrived);
            ReceiveSctp(probes, arrived);
            arrived.UnionWith(connecting.Where(one => IsConnected(one.Socket)).Select(one => one.Probe));
        }
        finally
        {
            foreach (var (_, socket) in connecting)
            {
                socket.LingerState = new LingerOption(true, 0); // RST: connection tracking forgets it at once
                socket.Dispose();
            }
        }

        foreach (var listener in _listeners.Values.SelectMany(all => all))
        {
            while (listener.Poll(0, SelectMode.SelectRead))
            {
                listener.Accept().Dispose();
            }
        }

        return arrived;
    }

    public void Dispose()
    {
        foreach (var socket in _listeners.Values.Concat(_udp.Values).SelectMany(all => all).Concat(_sctp.Values))
        {
            socket.Dispose();
        }

        _sentinels.Dispose();
    }

    private void SendFrom(Address from, (int Index, Probe Probe)[] probes, List<(Probe Probe, Socket Socket)> connecting)
    {
        Traffic.StayOnOneProcessor(); // that of the sentinels
        using var udp = Bound(from.Family, SocketType.Dgram, ProtocolType.Udp, from.ToIPAddress(), _sourcePort);
        using var sctp = RawSocket.Open(from.Family, SctpProtocol);
        sctp.Bind(new IPEndPoint(from.ToIPAddress(), 0));
        foreach (var (index, probe) in probes)
        {
            var destination = new IPEndPoint(probe.To.ToIPAddress(), probe.Port);
            switch (probe.Protocol)
            {
                case TransportProtocol.Tcp:
                    var socket = Bound(from.Family, SocketType.Stream, ProtocolType.Tcp, from.ToIPAddress(), _sourcePort);
                    socket.Blocking = false;
                    connecting.Add((probe, socket));
                    TryConnect(socket, destination);
                    break;
                case TransportProtocol.Udp:
                    TrySend(udp, BitConverter.GetBytes(index), destination);
                    break;
                case TransportProtocol.Sctp:
                    destination.Port = 0; // a raw socket's ports are in the packet
                    sctp.SendTo(SctpInit.Encode(_sourcePort, probe.Port, (uint)index), destination);
                    break;
                default:
                    throw new UnreachableException();
            }
        }
    }

    private void ReceiveUdp(IReadOnlyList<Probe> probes, HashSet<Probe> arrived)
    {
        foreach (var ((_, family), sockets) in _udp)
        {
            foreach (var socket in sockets)
            {
                while (socket.Available > 0)
                {
                    EndPoint sender = new IPEndPoint(Any(family), 0);
                    socket.ReceiveFrom(_buffer, ref sender);
                    if (((IPEndPoint)sender).Port == _sourcePort)
                    {
                        arrived.Add(probes[BitConverter.ToInt32(_buffer)]);
                    }
                }
            }
        }
    }

    private void ReceiveSctp(IReadOnlyList<Probe> probes, HashSet<Probe> arrived)
    {
        foreach (var ((_, family), socket) in _sctp)
        {
            while (socket.Poll(0, SelectMode.SelectRead))
            {
                // IPv4 raw sockets hand over the IP header, IPv6 ones do not.
                var length = socket.Receive(_buffer);
                var header = family == IpFamily.V4 ? (_buffer[0] & 15) * 4 : 0;
                var (source, tag) = SctpInit.Decode(_buffer.AsSpan(header, length - header));
                if (source == _sourcePort)
                {
                    arrived.Add(probes[(int)tag]);
                }
            }
        }
    }

    /// <summary>The SYN and what answers it have both settled by now, for the answer is an established flow.</summary>
    private static bool IsConnected(Socket socket) =>
        socket.Poll(0, SelectMode.SelectWrite)
        && (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! == 0;

    /// <summary>Of its own processes a host tells that it drops their packets.</summary>
    private static void TrySend(Socket socket, byte[] datagram, IPEndPoint destination)
    {
        try
        {
            socket.SendTo(datagram, destination);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
        {
        }
    }

    private static void TryConnect(Socket socket, IPEndPoint destination)
    {
        try
        {
            socket.Connect(destination);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
        }
    }

    private static Socket Listener(IpFamily family, ushort port)
    {
        var socket = Bound(family, SocketType.Stream, ProtocolType.Tcp, Any(family), port);
        socket.Listen(4096);
        return socket;
    }

    private static Socket Bound(IpFamily family, SocketType type, ProtocolType protocol, IPAddress address, ushort port)
    {
        var socket = new Socket(AddressFamilyOf(family), type, protocol);
        if (family == IpFamily.V6)
        {
            socket.DualMode = false;
        }

        if (type == SocketType.Stream)
        {
            // Many connections from one port, to different destinations (SO_REUSEADDR; the class library's own option of
            // that name sets SO_REUSEPORT as well, which a listener must not share).
            socket.SetRawSocketOption(1, 2, MemoryMarshal.AsBytes<int>([1]));
        }

        socket.Bind(new IPEndPoint(address, port));
        return socket;
    }

    private static IPAddress Any(IpFamily family) => family == IpFamily.V4 ? IPAddress.Any : IPAddress.IPv6Any;

    private static AddressFamily AddressFamilyOf(IpFamily family) =>
        family == IpFamily.V4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
}
