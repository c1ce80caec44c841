using System.Net;
using System.Net.Sockets;

namespace Routing.Bgp.Bfd.Udp;

/// <summary>Gives each session a source port of its own, 49152 to 65535 (RFC 5881 §4).</summary>
internal sealed class SourcePorts
{
    private const int First = 49152;
    private const int Count = 65536 - First;
    private const int MostAttempts = 64;

    private int _next = Random.Shared.Next(Count);

    /// <summary>Binds a socket to the next port that is free.</summary>
    /// <exception cref="SocketException">The address is not ours, or the ports are taken.</exception>
    public void Bind(Socket socket, IPAddress address)
    {
        for (var attempt = 1; ; attempt++)
        {
            _next = (_next + 1) % Count;
            try
            {
                socket.Bind(new IPEndPoint(address, First + _next));
                return;
            }
            catch (SocketException e)
                when (e.SocketErrorCode == SocketError.AddressAlreadyInUse && attempt < MostAttempts)
            {
                // Somebody's ephemeral port; the next one.
            }
        }
    }
}
