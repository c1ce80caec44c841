using System.Net.Sockets;
using System.Runtime.InteropServices;
using Routing.Policy.Rules;

namespace Routing.Tests.Policy.Netns;

/// <summary>Raw IP sockets of protocols that the class library does not know.</summary>
internal static partial class RawSocket
{
    private const int InterNetwork = 2, InterNetworkV6 = 10; // AF_INET, AF_INET6
    private const int Raw = 3 | 0x80000; // SOCK_RAW | SOCK_CLOEXEC

    /// <summary>Opens one in the calling thread's namespace.</summary>
    public static Socket Open(IpFamily family, int protocol)
    {
        var handle = OpenSocket(family == IpFamily.V4 ? InterNetwork : InterNetworkV6, Raw, protocol);
        Assert.That(handle, Is.Not.Negative, () => $"socket: {Marshal.GetLastPInvokeErrorMessage()}");
        return new Socket(new SafeSocketHandle(handle, ownsHandle: true));
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int domain, int type, int protocol);
}
