using System.Runtime.InteropServices;

namespace Routing.Benchmarks.Bgp.Load;

/// <summary>Sockets and epoll without the socket library: a thousand sessions on one thread, no object for an event.</summary>
internal static unsafe partial class LibC
{
    public const int StreamNonBlocking = 1 | 0x800 | 0x80000; // SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC
    public const int InternetFamily = 2; // AF_INET
    public const int ControlAdd = 1; // EPOLL_CTL_ADD
    public const int ControlModify = 3; // EPOLL_CTL_MOD
    public const uint Readable = 1; // EPOLLIN
    public const uint Writable = 4; // EPOLLOUT
    public const int NoSignal = 0x4000; // MSG_NOSIGNAL
    public const int TryAgain = 11; // EAGAIN
    public const int Interrupted = 4; // EINTR
    public const int InProgress = 115; // EINPROGRESS
    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int domain, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int socket, in InternetAddress address, int length);

    [LibraryImport(Library, EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int socket, in InternetAddress address, int length);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSocketOption(int socket, int level, int name, in int value, int length);

    [LibraryImport(Library, EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int socket, byte* data, nint length, int flags);

    [LibraryImport(Library, EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int socket, byte* buffer, nint length, int flags);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int file);

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int file, ref EpollEvent @event);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, EpollEvent* events, int count, int timeoutMilliseconds);

    /// <summary>struct sockaddr_in; port and address in network order.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 16)]
    public struct InternetAddress
    {
        public ushort Family;
        public ushort Port;
        public uint Address;
    }

    /// <summary>struct epoll_event, packed as on x86-64.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    public struct EpollEvent
    {
        public uint Events;
        public long Data;
    }
}
