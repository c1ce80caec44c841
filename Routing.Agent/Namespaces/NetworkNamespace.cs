using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;
using Routing.Agent.Native;
using Routing.Agent.Netlink;

namespace Routing.Agent.Namespaces;

/// <summary>An open network namespace. It exists as long as a process, a socket, a mount or this handle uses
/// it.</summary>
/// <remarks>A namespace belongs to an OS thread, and await may change threads. So work inside runs synchronously on a
/// thread of its own that enters and ends there (<see cref="Run{T}"/>); a socket opened by it stays inside.</remarks>
public sealed class NetworkNamespace : IDisposable
{
    private const int NewNetwork = 0x40000000; // CLONE_NEWNET
    private const string OfThisThread = "/proc/thread-self/ns/net"; // not /proc/self: that is the main thread's

    private NetworkNamespace(SafeFileHandle handle, string path) => (Handle, Path) = (handle, path);

    /// <summary>The namespace file, for requests that name another namespace.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Where it was opened.</summary>
    public string Path { get; }

    /// <summary>Opens a namespace file, as a container runtime hands it out.</summary>
    /// <exception cref="NetlinkException">It is not there, or (on use) not a network namespace.</exception>
    public static NetworkNamespace OpenPath(string path) =>
        new(Kernel.Open(path, 0, "open network namespace", path), path);

    /// <summary>Opens one by its `ip netns` name.</summary>
    public static NetworkNamespace OpenNamed(string name) => OpenPath(NamedNamespaces.PathOf(name));

    /// <summary>Opens the calling thread's.</summary>
    public static NetworkNamespace OpenCurrent() => OpenPath(OfThisThread);

    /// <summary>Makes a new namespace and names it as `ip netns add` does.</summary>
    /// <exception cref="NetlinkException">EEXIST when the name is taken.</exception>
    public static NetworkNamespace Create(string name)
    {
        // Not Run: the thread enters a namespace that does not exist yet.
        OnNewThread(() =>
        {
            NamedNamespaces.Bind(name, () =>
            {
                Kernel.Check(LibC.Unshare(NewNetwork), "create network namespace", name);
                return OfThisThread;
            });
            return true;
        });
        return OpenNamed(name);
    }

    /// <summary>Takes a name away; the namespace ends once nothing else uses it.</summary>
    /// <returns>False when there was no such name.</returns>
    public static bool Delete(string name) => NamedNamespaces.Unbind(name);

    /// <summary>Runs work inside, on a thread of its own, and hands back its result or its exception.</summary>
    public T Run<T>(Func<T> work) => OnNewThread(() =>
    {
        Kernel.Check(LibC.SetNamespace(Handle, NewNetwork), "enter network namespace", Path);
        return work();
    });

    /// <inheritdoc cref="Run{T}"/>
    public void Run(Action work) => Run(() =>
    {
        work();
        return true;
    });

    /// <summary>Runs work inside, on the calling thread, which comes back to the namespace it was in. Only for a thread that
    /// its owner keeps for such work: nothing else may run on it meanwhile.</summary>
    internal T RunHere<T>(Func<T> work)
    {
        using var home = OpenCurrent();
        Kernel.Check(LibC.SetNamespace(Handle, NewNetwork), "enter network namespace", Path);
        try
        {
            return work();
        }
        finally
        {
            if (LibC.SetNamespace(home.Handle, NewNetwork) < 0)
            {
                // The next work on this thread would change a pod instead of the node.
                Environment.FailFast($"cannot leave network namespace {Path}");
            }
        }
    }

    /// <summary>Opens a socket that lives inside; any thread may use it.</summary>
    public Socket OpenSocket(AddressFamily family, SocketType type, ProtocolType protocol) =>
        Run(() => new Socket(family, type, protocol));

    /// <summary>Writes a setting of the namespace.</summary>
    /// <param name="key">Below /proc/sys/net, with slashes, as in "ipv4/ip_forward": interface names may hold
    /// dots.</param>
    public void WriteSysctl(string key, string value) => WriteSysctls([new(key, value)]);

    /// <summary>Writes several settings of the namespace, in order, on one thread.</summary>
    public void WriteSysctls(IReadOnlyList<KeyValuePair<string, string>> settings) => Run(() =>
    {
        foreach (var (key, value) in settings)
        {
            Sysctl.Write(key, value);
        }
    });

    /// <summary>Reads a setting of the namespace.</summary>
    public string ReadSysctl(string key) => Run(() => Sysctl.Read(key));

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();

    private static T OnNewThread<T>(Func<T> work)
    {
        var result = default(T);
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    result = work();
                }
                catch (Exception exception) // carried to the caller: nothing is swallowed
                {
                    failure = ExceptionDispatchInfo.Capture(exception);
                }
            },
            maxStackSize: 512 * 1024)
        {
            IsBackground = true,
            Name = "netns",
        };
        thread.UnsafeStart();
        thread.Join();
        failure?.Throw();
        return result!;
    }
}
