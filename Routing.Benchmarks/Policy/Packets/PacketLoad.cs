using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Routing.Benchmarks.Policy.Packets;

/// <summary>Traffic from the client to the server. The server's sockets live as long as this; one load at a time.</summary>
internal sealed class PacketLoad : IDisposable
{
    private static readonly IPEndPoint Server = new(PacketPath.ServerAddress, PolicyGrid.Port);

    private readonly PacketPath _path;
    private readonly Socket _listener;
    private readonly Socket _sink;

    public PacketLoad(PacketPath path)
    {
        _path = path;
        _sink = path.OpenServer(SocketType.Dgram, ProtocolType.Udp);
        _sink.Bind(new IPEndPoint(IPAddress.Any, PolicyGrid.Port)); // full soon: what counts is what arrives at the interface
        _listener = path.OpenServer(SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(IPAddress.Any, PolicyGrid.Port));
        _listener.Listen(128);
        new Thread(Echo) { IsBackground = true, Name = "echo" }.Start();
    }

    /// <summary>UDP packets a second that arrive, each of which meets the rules: the benchmark keeps them out of connection
    /// tracking.</summary>
    public double Datagrams(TimeSpan duration)
    {
        using var socket = _path.OpenClient(SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(Server);
        var payload = new byte[32];
        var (before, began) = (_path.Arrived(), Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(began) < duration)
        {
            for (var i = 0; i < 16; i++)
            {
                socket.Send(payload);
            }
        }

        var took = Stopwatch.GetElapsedTime(began);
        return (_path.Arrived() - before) / took.TotalSeconds;
    }

    /// <summary>Requests and answers a second over one TCP connection.</summary>
    public double Requests(TimeSpan duration)
    {
        using var socket = Connect();
        var (count, began, octet) = (0, Stopwatch.GetTimestamp(), new byte[1]);
        for (; Stopwatch.GetElapsedTime(began) < duration; count++)
        {
            Ask(socket, octet);
        }

        return count / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>TCP connections a second, each with one request and its answer.</summary>
    public double Connections(TimeSpan duration)
    {
        var (count, began, octet) = (0, Stopwatch.GetTimestamp(), new byte[1]);
        for (; Stopwatch.GetElapsedTime(began) < duration; count++)
        {
            using var socket = Connect();
            Ask(socket, octet);
        }

        return count / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _sink.Dispose();
    }

    private static void Ask(Socket socket, byte[] octet)
    {
        socket.Send(octet);
        if (socket.Receive(octet) == 0)
        {
            throw new InvalidOperationException("the server closed the connection");
        }
    }

    private Socket Connect()
    {
        var socket = _path.OpenClient(SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        socket.LingerState = new LingerOption(true, 0); // RST: nothing stays in TIME_WAIT
        socket.Connect(Server);
        return socket;
    }

    private void Echo()
    {
        var octet = new byte[1];
        try
        {
            while (true)
            {
                using var socket = _listener.Accept();
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
