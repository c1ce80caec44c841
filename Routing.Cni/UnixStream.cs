using System.Runtime.InteropServices;
using System.Text;

namespace Routing.Cni;

/// <summary>A blocking Unix stream socket with a time limit on every call, straight over system calls.</summary>
internal sealed class UnixStream : IDisposable
{
    /// <summary>Octets of a socket path that Linux allows, without the terminating zero (sun_path).</summary>
    public const int MaxPath = 107;

    private const int Unix = 1; // AF_UNIX
    private const int StreamCloseOnExec = 1 | 0x80000; // SOCK_STREAM | SOCK_CLOEXEC
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int ReceiveTimeout = 20; // SO_RCVTIMEO
    private const int SendTimeout = 21; // SO_SNDTIMEO
    private const int NoSignal = 0x4000; // MSG_NOSIGNAL

    private readonly int _descriptor;

    private UnixStream(int descriptor) => _descriptor = descriptor;

    /// <param name="path">At most <see cref="MaxPath"/> octets.</param>
    /// <param name="timeout">Limit of connecting (a full backlog makes it wait), and of every read and write.</param>
    /// <exception cref="UnixStreamException">Nobody listens, or not in time.</exception>
    public static UnixStream Connect(string path, TimeSpan timeout)
    {
        var stream = new UnixStream(Check(LibC.Socket(Unix, StreamCloseOnExec, 0)));
        try
        {
            ReadOnlySpan<long> limit = [(long)timeout.TotalSeconds, 0]; // struct timeval
            Check(LibC.SetSocketOption(stream._descriptor, SocketLevel, SendTimeout, limit, 2 * sizeof(long)));
            Check(LibC.SetSocketOption(stream._descriptor, SocketLevel, ReceiveTimeout, limit, 2 * sizeof(long)));

            Span<byte> address = stackalloc byte[sizeof(ushort) + MaxPath + 1]; // struct sockaddr_un
            address.Clear();
            MemoryMarshal.Write(address, (ushort)Unix);
            Encoding.UTF8.GetBytes(path, address[sizeof(ushort)..^1]);
            Check(LibC.Connect(stream._descriptor, address, (uint)address.Length));
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Sends all of it.</summary>
    public void Write(ReadOnlySpan<byte> octets)
    {
        while (octets.Length > 0)
        {
            var sent = LibC.Send(_descriptor, octets, (nuint)octets.Length, NoSignal);
            octets = octets[Math.Max(0, CheckUnlessInterrupted(sent))..];
        }
    }

    /// <summary>Fills the buffer.</summary>
    /// <returns>False when the other side closed first.</returns>
    public bool TryFill(Span<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var read = CheckUnlessInterrupted(LibC.Read(_descriptor, buffer, (nuint)buffer.Length));
            if (read == 0)
            {
                return false;
            }

            buffer = buffer[Math.Max(0, read)..];
        }

        return true;
    }

    public void Dispose() => LibC.Close(_descriptor);

    private static int CheckUnlessInterrupted(nint result) =>
        result < 0 && Marshal.GetLastPInvokeError() == LibC.Interrupted ? -1 : Check((int)result);

    private static int Check(int result) =>
        result >= 0 ? result : throw new UnixStreamException(Marshal.GetLastPInvokeError());
}
