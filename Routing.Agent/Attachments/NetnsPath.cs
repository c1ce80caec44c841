using Routing.Agent.Namespaces;
using Routing.Agent.Native;
using Routing.Agent.Netlink;

namespace Routing.Agent.Attachments;

/// <summary>Opens the network namespace that a caller named.</summary>
/// <remarks>The path is somebody else's text and we are root, so it is proven to be a namespace before it is opened: opening
/// a pipe would hang, opening a device might do anything. And it must not be the node's own namespace, in which a default
/// route through a pod's gateway would take the node off the network.</remarks>
internal static class NetnsPath
{
    private const long NamespaceFileSystem = 0x6e736673; // NSFS_MAGIC (linux/magic.h)
    private const int MaxLength = 4095; // PATH_MAX - 1

    /// <exception cref="InvalidNamespaceException">It does not lead to a container's network namespace.</exception>
    public static NetworkNamespace Open(string path)
    {
        if (Problem(path) is { } problem)
        {
            throw new InvalidNamespaceException($"the network namespace path '{path}' {problem}");
        }

        NetworkNamespace opened;
        try
        {
            RequireNamespaceFile(path);
            opened = NetworkNamespace.OpenPath(path);
        }
        catch (NetlinkException e)
        {
            throw new InvalidNamespaceException($"the network namespace {path} cannot be opened (errno {e.Errno}); "
                + "the container may have ended");
        }

        // The link's text is the kind and the inode, as in net:[4026531840].
        var identity = Identity($"/proc/self/fd/{opened.Handle.DangerousGetHandle()}");
        if (identity.StartsWith("net:", StringComparison.Ordinal) && identity != Identity("/proc/thread-self/ns/net"))
        {
            return opened;
        }

        opened.Dispose();
        throw new InvalidNamespaceException(identity.StartsWith("net:", StringComparison.Ordinal)
            ? $"{path} is the node's own network namespace, not a container's"
            : $"{path} is a namespace, but not a network namespace ({identity})");
    }

    /// <summary>What is wrong with the text of a path, to follow "the path 'X' "; null when nothing is.</summary>
    public static string? Problem(string path) =>
        path.Length is 0 or > MaxLength ? $"is {path.Length} characters long; it may be 1 to {MaxLength}"
        : path[0] != '/' ? "is not absolute"
        : path.Any(char.IsControl) ? "holds control characters"
        : path.Split('/').Any(part => part is "." or "..") ? "holds '.' or '..'"
        : null;

    private static unsafe void RequireNamespaceFile(string path)
    {
        var buffer = stackalloc byte[LibC.StatFsSize];
        Kernel.Check(LibC.StatFs(path, buffer), "open network namespace", path);
        if (*(nint*)buffer != NamespaceFileSystem)
        {
            throw new InvalidNamespaceException($"{path} is not a namespace file");
        }
    }

    private static string Identity(string link) => new FileInfo(link).LinkTarget ?? "";
}
