using System.Net;
using System.Net.Sockets;

namespace Routing.Tests;

/// <summary>TCP ports for listeners that must be told theirs before they listen. They lie below the range the kernel takes
/// ports of outgoing connections from, so nobody gets one between its choice and its use.</summary>
internal static class FreePort
{
    private const int First = 20000;
    private const int Count = 10000; // up to 29999; the kernel's range begins at 32768
    private static int _last = Environment.ProcessId * 61; // runs beside each other begin at different places

    /// <summary>A port of the loopback address that nobody listens at and that was not given before.</summary>
    public static int Next()
    {
        for (var attempt = 0; attempt < Count; attempt++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _last) % Count);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Any, port));
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // the next one
            }
        }

        throw new InvalidOperationException($"no free port from {First} on");
    }

    /// <summary>The same as an endpoint of the loopback address.</summary>
    public static IPEndPoint NextEndPoint() => new(IPAddress.Loopback, Next());
}
