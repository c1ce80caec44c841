using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Tests.Policy.Netns;

/// <summary>
/// Packets that go on while rules change. A round sends some, each a flow that connection tracking has not seen, waits until
/// each has arrived or was dropped, and says which arrived.
/// </summary>
/// <remarks>No round waits for what was dropped. The thread that sends stays on one processor, whose queue of packets between
/// links keeps their order, also over links: a packet from the node, which is never filtered, comes behind all that is one
/// link away from its end, and a second one behind all that was sent.</remarks>
internal sealed partial class Traffic : IDisposable
{
    private const ushort SentinelPort = 7, FirstPort = 1024, LastPort = 61000;
    private const int Udp = 17, Sctp = 132, UdpHeader = 8;
    private const int Links = 2;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly IReadOnlyList<Probe> _flows;
    private readonly ushort[] _ports; // the next source port of each flow
    private readonly Dictionary<Address, Socket> _udp = [], _sctp = [];
    private readonly List<Socket> _receivers = [];
    private readonly List<(Socket FromNode, Socket There, EndPoint To)> _sentinels = [];
    private readonly byte[] _buffer = new byte[2048];
    private readonly EndPoint[] _ends;

    /// <param name="cluster">The namespaces.</param>
    /// <param name="flows">Of UDP and SCTP.</param>
    public Traffic(KernelCluster cluster, IReadOnlyList<Probe> flows)
    {
        _flows = flows;
        _ports = [.. flows.Select(_ => FirstPort)];
        _ends = [.. flows.Select(flow => new IPEndPoint(flow.To.ToIPAddress(), 0))];
        foreach (var (address, home) in cluster.Homes.Where(home => home.Value != cluster.Node))
        {
            home.Inner.Run(() =>
            {
                _udp.Add(address, Raw(address, Udp));
                _sctp.Add(address, Raw(address, Sctp));
                foreach (var port in flows.Where(flow => flow.To == address && flow.Protocol == TransportProtocol.Udp).Select(flow => flow.Port).Distinct())
                {
                    _receivers.Add(Bound(address, port));
                }
            });
            _sentinels.Add((
                cluster.Node.Inner.OpenSocket(FamilyOf(address), SocketType.Dgram, ProtocolType.Udp),
                home.Inner.Run(() => Bound(address, SentinelPort)),
                new IPEndPoint(address.ToIPAddress(), SentinelPort)));
        }
    }

    /// <summary>Keeps the calling thread on one processor; rounds are sent from such a thread alone.</summary>
    /// <param name="isOther">Another processor than that of others, if there is one.</param>
    public static void StayOnOneProcessor(bool isOther = false)
    {
        var mask = new byte[128];
        Assert.That(GetAffinity(0, mask.Length, mask), Is.Zero);
        var all = Enumerable.Range(0, mask.Length * 8).Where(number => (mask[number / 8] & (1 << (number % 8))) != 0).ToList();
        var chosen = isOther ? all[^1] : all[0];
        var one = new byte[128];
        one[chosen / 8] = (byte)(1 << (chosen % 8));
        Assert.That(SetAffinity(0, one.Length, one), Is.Zero);
    }

    /// <summary>Sends a packet of each of some flows.</summary>
    /// <param name="chosen">Indexes of flows, each once.</param>
    /// <param name="arrived">Gets those whose packet arrived.</param>
    public void Round(ReadOnlySpan<int> chosen, HashSet<int> arrived)
    {
        arrived.Clear();
        foreach (var index in chosen)
        {
            Send(index);
        }

        for (var link = 0; link < Links; link++)
        {
            foreach (var (near, _, to) in _sentinels)
            {
                near.SendTo("last"u8, to);
            }

            foreach (var (_, there, _) in _sentinels)
            {
                there.Receive(_buffer);
            }
        }

        foreach (var socket in _receivers)
        {
            while (socket.Available > 0)
            {
                Take(_buffer.AsSpan(0, socket.Receive(_buffer)), arrived);
            }
        }

        foreach (var (address, socket) in _sctp)
        {
            while (socket.Poll(0, SelectMode.SelectRead))
            {
                // IPv4 raw sockets hand over the IP header, IPv6 ones do not.
                var length = socket.Receive(_buffer);
                var header = address.Family == IpFamily.V4 ? (_buffer[0] & 15) * 4 : 0;
                var (port, tag) = SctpInit.Decode(_buffer.AsSpan(header, length - header));
                Arrive((int)tag, port, arrived);
            }
        }
    }

    public void Dispose()
    {
        foreach (var socket in _udp.Values.Concat(_sctp.Values).Concat(_receivers).Concat(_sentinels.SelectMany(one => new[] { one.FromNode, one.There })))
        {
            socket.Dispose();
        }
    }

    private void Send(int index)
    {
        var flow = _flows[index];
        var port = _ports[index] = _ports[index] == LastPort ? FirstPort : (ushort)(_ports[index] + 1);
        if (flow.Protocol == TransportProtocol.Sctp)
        {
            _sctp[flow.From].SendTo(SctpInit.Encode(port, flow.Port, (uint)index), _ends[index]);
            return;
        }

        // Without a checksum, as IPv4 allows; the kernel puts one into IPv6's.
        Span<byte> packet = stackalloc byte[UdpHeader + 6];
        packet.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(packet, port);
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], flow.Port);
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)packet.Length);
        BinaryPrimitives.WriteInt32BigEndian(packet[UdpHeader..], index);
        BinaryPrimitives.WriteUInt16BigEndian(packet[(UdpHeader + 4)..], port);
        _udp[flow.From].SendTo(packet, _ends[index]);
    }

    private void Take(ReadOnlySpan<byte> payload, HashSet<int> arrived) =>
        Arrive(BinaryPrimitives.ReadInt32BigEndian(payload), BinaryPrimitives.ReadUInt16BigEndian(payload[4..]), arrived);

    private void Arrive(int index, ushort port, HashSet<int> arrived)
    {
        Assert.That(port, Is.EqualTo(_ports[index]), $"{_flows[index]} of an earlier round: a round did not wait for its packets");
        arrived.Add(index);
    }

    private static Socket Raw(Address address, int protocol)
    {
        var socket = RawSocket.Open(address.Family, protocol);
        socket.Bind(new IPEndPoint(address.ToIPAddress(), 0));
        if (protocol == Udp)
        {
            socket.ReceiveBufferSize = 1; // it sends, and would hear all that the others receive
            if (address.Family == IpFamily.V6)
            {
                socket.SetRawSocketOption(41, 7, MemoryMarshal.AsBytes<int>([6])); // IPV6_CHECKSUM: where it stands
            }
        }

        return socket;
    }

    private static Socket Bound(Address address, ushort port)
    {
        var socket = new Socket(FamilyOf(address), SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = (int)Deadline.TotalMilliseconds };
        socket.Bind(new IPEndPoint(address.ToIPAddress(), port));
        return socket;
    }

    private static AddressFamily FamilyOf(Address address) =>
        address.Family == IpFamily.V4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nint size, [Out] byte[] mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nint size, byte[] mask);
}
