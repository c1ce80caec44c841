using System.Net;
using System.Net.Sockets;
using System.Text;
using Routing.Agent.Namespaces;
using Routing.Policy.Model;

namespace Routing.Agent.Lab.Traffic;

/// <summary>Real TCP and UDP servers inside one namespace. A TCP client is told who answered and dismissed; a datagram comes back
/// behind the name of who answered. So a probe knows that it reached whom it meant.</summary>
internal sealed class TrafficServer : IAsyncDisposable
{
    private const int LargestDatagram = 2048;

    private readonly CancellationTokenSource _stop = new();
    private readonly List<Socket> _sockets = [];
    private readonly List<Task> _loops = [];

    private TrafficServer()
    {
    }

    /// <summary>Listens on every port of every address.</summary>
    /// <param name="inside">The namespace.</param>
    /// <param name="identity">What the servers answer.</param>
    /// <param name="addresses">Own addresses, of both families.</param>
    /// <param name="ports">The ports.</param>
    /// <exception cref="SocketException">A port is taken.</exception>
    public static TrafficServer Open(
        NetworkNamespace inside, string identity, IReadOnlyList<IPAddress> addresses, IReadOnlyList<ServerPort> ports)
    {
        var server = new TrafficServer();
        try
        {
            // A socket stays in the namespace of the thread that made it; who reads it does not matter.
            inside.Run(() =>
            {
                foreach (var address in addresses)
                {
                    foreach (var port in ports)
                    {
                        server._sockets.Add(Listen(address, port));
                    }
                }
            });
        }
        catch
        {
            server._sockets.ForEach(socket => socket.Dispose());
            throw;
        }

        var answer = Encoding.ASCII.GetBytes(identity + "\n");
        foreach (var socket in server._sockets)
        {
            server._loops.Add(socket.SocketType == SocketType.Dgram
                ? EchoAsync(socket, answer, server._stop.Token)
                : AcceptAsync(socket, answer, server._stop.Token));
        }

        return server;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loops);
        _sockets.ForEach(socket => socket.Dispose());
        _stop.Dispose();
    }

    private static Socket Listen(IPAddress address, ServerPort port)
    {
        var socket = port.Protocol == TransportProtocol.Udp
            ? new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
            : new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port.Number));
            if (socket.SocketType == SocketType.Stream)
            {
                socket.Listen(512);
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task AcceptAsync(Socket listener, byte[] answer, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                using var client = await listener.AcceptAsync(cancellationToken);
                await client.SendAsync(answer, SocketFlags.None, cancellationToken); // fits any socket's buffer: does not wait
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client is gone already.
            }
        }
    }

    private static async Task EchoAsync(Socket socket, byte[] answer, CancellationToken cancellationToken)
    {
        var anyone = new IPEndPoint(
            socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var buffer = new byte[LargestDatagram];
        answer.CopyTo(buffer, 0);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var received = await socket.ReceiveFromAsync(
                    buffer.AsMemory(answer.Length), SocketFlags.None, anyone, cancellationToken);
                await socket.SendToAsync(
                    buffer.AsMemory(0, answer.Length + received.ReceivedBytes), SocketFlags.None, received.RemoteEndPoint, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client closed its port, or the way back is shut.
            }
        }
    }
}
