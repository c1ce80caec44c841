using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Tests.Policy.Netns;

/// <summary>Packets from the node to each namespace that are never filtered. Links keep the order of what is sent on one processor, so
/// when each has arrived, whatever was let through before has come one link further.</summary>
internal sealed class Sentinels : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly KernelCluster _cluster;
    private readonly ushort _port;
    private readonly List<(Address Address, Socket Socket)> _receivers = [];
    private readonly byte[] _buffer = new byte[16];

    /// <param name="cluster">Whose namespaces.</param>
    /// <param name="port">UDP; where host endpoints filter what the node sends, one of the fail-safe ports.</param>
    public Sentinels(KernelCluster cluster, ushort port)
    {
        (_cluster, _port) = (cluster, port);
        foreach (var (address, home) in cluster.Homes.DistinctBy(home => (home.Value, home.Key.Family)))
        {
            home.Inner.Run(() => _receivers.Add((address, Open(address, port))));
        }
    }

    /// <summary>Sends them and waits for them, for each link of a way.</summary>
    public void Pass(int links)
    {
        for (var link = 0; link < links; link++)
        {
            _cluster.Node.Inner.Run(() =>
            {
                Traffic.StayOnOneProcessor();
                foreach (var (address, _) in _receivers)
                {
                    using var socket = new Socket(address.ToIPAddress().AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                    socket.SendTo("last"u8, new IPEndPoint(address.ToIPAddress(), _port));
                }
            });

            var waiting = _receivers.ToList();
            var clock = Stopwatch.StartNew();
            while (waiting.Count > 0)
            {
                Assert.That(clock.Elapsed, Is.LessThan(Deadline), () => $"no sentinel at {string.Join(", ", waiting.Select(one => one.Address))}");
                foreach (var one in waiting.Where(one => one.Socket.Available > 0).ToList())
                {
                    one.Socket.Receive(_buffer);
                    waiting.Remove(one);
                }
            }
        }
    }

    public void Dispose() => _receivers.ForEach(one => one.Socket.Dispose());

    private static Socket Open(Address address, ushort port)
    {
        var socket = new Socket(address.ToIPAddress().AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        if (address.Family == IpFamily.V6)
        {
            socket.DualMode = false;
        }

        socket.Bind(new IPEndPoint(address.Family == IpFamily.V4 ? IPAddress.Any : IPAddress.IPv6Any, port));
        return socket;
    }
}
