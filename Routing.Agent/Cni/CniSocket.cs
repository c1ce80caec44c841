using System.Net.Sockets;

namespace Routing.Agent.Cni;

/// <summary>Opens the listening Unix socket.</summary>
internal static class CniSocket
{
    /// <summary>Binds and listens; only root may connect. A socket file that nobody answers on is a dead agent's and is
    /// replaced; one that somebody answers on is a running agent's.</summary>
    /// <exception cref="IOException">Another agent listens there, or the path cannot be used.</exception>
    public static Socket Listen(string path, int backlog)
    {
        UnixDomainSocketEndPoint endPoint;
        try
        {
            endPoint = new UnixDomainSocketEndPoint(path);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new IOException($"the socket path {path} is longer than the 107 octets that Linux allows; "
                + "choose a shorter --state-dir");
        }

        if (Path.Exists(path))
        {
            RequireDead(path, endPoint);
            File.Delete(path);
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(endPoint);
            // Between bind and listen nobody can connect, so there is no moment at which others than root could.
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            socket.Listen(backlog);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException($"cannot listen on {path}: {e.Message}", e);
        }
    }

    private static void RequireDead(string path, UnixDomainSocketEndPoint endPoint)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        probe.Blocking = false; // a full backlog would make connect wait; it is an answer, too
        try
        {
            probe.Connect(endPoint);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused)
        {
            return;
        }
        catch (SocketException e) when (e.SocketErrorCode is not (SocketError.WouldBlock or SocketError.TryAgain))
        {
            throw new IOException($"cannot tell who listens on {path}: {e.Message}", e);
        }

        throw new IOException($"another agent listens on {path}; stop it, or choose another --state-dir");
    }
}
