using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Routing.Benchmarks.Policy.Packets;

/// <summary>Traffic from the client to the servers. The servers' sockets live as long as this; one load at a time.</summary>
internal sealed class PacketLoad : IDisposable
{
    private readonly PacketPath _path;
    private readonly List<Socket> _listening = [];
    private readonly Dictionary<PacketServer, Socket> _senders = [];
    private readonly Dictionary<PacketServer, Socket> _connections = [];

    public PacketLoad(PacketPath path)
    {
        _path = path;
        foreach (var server in PacketServer.All)
        {
            var sink = path.OpenServer(server, SocketType.Dgram, ProtocolType.Udp);
            sink.Bind(new IPEndPoint(IPAddress.Any, PolicyGrid.Port)); // full soon: what counts is what arrives at the interface
            var listener = path.OpenServer(server, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Any, PolicyGrid.Port));
            listener.Listen(128);
            _listening.AddRange([sink, listener]);
            new Thread(() => Echo(listener)) { IsBackground = true, Name = $"echo of {server.Role}" }.Start();
            var sender = path.OpenClient(SocketType.Dgram, ProtocolType.Udp);
            sender.Connect(EndOf(server));
            _senders.Add(server, sender);
        }
    }

    /// <summary>UDP packets a second that arrive, each of which meets the rules: the benchmark keeps them out of connection
    /// tracking.</summary>
    public double Datagrams(PacketServer server, TimeSpan duration)
    {
        var (socket, payload) = (_senders[server], new byte[32]);
        var (before, began) = (_path.Arrived(server), Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(began) < duration)
        {
            for (var i = 0; i < 4; i++)
            {
                socket.Send(payload);
            }
        }

        var took = Stopwatch.GetElapsedTime(began);
        return (_path.Arrived(server) - before) / took.TotalSeconds;
    }

    /// <summary>Requests and answers a second over one TCP connection, which stays until <see cref="Disconnect"/>.</summary>
    public double Requests(PacketServer server, TimeSpan duration)
    {
        if (!_connections.TryGetValue(server, out var socket))
        {
            _connections.Add(server, socket = Connect(server));
        }

        var (count, began, octet) = (0, Stopwatch.GetTimestamp(), new byte[1]);
        for (; Stopwatch.GetElapsedTime(began) < duration; count++)
        {
            Ask(socket, octet);
        }

        return count / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>TCP connections a second, each with one request and its answer.</summary>
    public double Connections(PacketServer server, TimeSpan duration)
    {
        var (count, began, octet) = (0, Stopwatch.GetTimestamp(), new byte[1]);
        for (; Stopwatch.GetElapsedTime(began) < duration; count++)
        {
            using var socket = Connect(server);
            Ask(socket, octet);
        }

        return count / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>Ends the connections that requests went over.</summary>
    public void Disconnect()
    {
        foreach (var socket in _connections.Values)
        {
            socket.Dispose();
        }

        _connections.Clear();
    }

    public void Dispose()
    {
        Disconnect();
        foreach (var socket in _listening.Concat(_senders.Values))
        {
            socket.Dispose();
        }
    }

    private static IPEndPoint EndOf(PacketServer server) => new(server.Address, PolicyGrid.Port);

    private static void Ask(Socket socket, byte[] octet)
    {
        socket.Send(octet);
        if (socket.Receive(octet) == 0)
        {
            throw new InvalidOperationException("the server closed the connection");
        }
    }

    private Socket Connect(PacketServer server)
    {
        var socket = _path.OpenClient(SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        socket.LingerState = new LingerOption(true, 0); // RST: nothing stays in TIME_WAIT
        socket.Connect(EndOf(server));
        return socket;
    }

    private static void Echo(Socket listener)
    {
        var octet = new byte[1];
        try
        {
            while (true)
            {
                using var socket = listener.Accept();
                socket.NoDelay = true;
                try
                {
                    while (socket.Receive(octet) > 0)
                    {
                        socket.Send(octet);
                    }
                }
                catch (SocketException)
                {
                    // The client's RST.
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }
}
