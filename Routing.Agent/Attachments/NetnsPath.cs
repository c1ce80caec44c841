using Routing.Agent.Namespaces;
using Routing.Agent.Native;
using Routing.Agent.Netlink;

namespace Routing.Agent.Attachments;

/// <summary>Opens the network namespace that a caller named.</summary>
/// <remarks>The path is somebody else's text and we are root, so it is proven to be a namespace before it is opened:
/// opening a pipe would hang, opening a device might do anything. And it must not be the node's own namespace, in which
/// a default route through a pod's gateway would take the node off the network.</remarks>
internal static class NetnsPath
{
    private const long NamespaceFileSystem = 0x6e736673; // NSFS_MAGIC (linux/magic.h)
    private const nuint GetNamespaceType = 0xb703; // NS_GET_NSTYPE (linux/nsfs.h)
    private const int NewNetwork = 0x40000000; // CLONE_NEWNET
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint StatXInodeWanted = 0x100; // STATX_INO
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

        try
        {
            var type = LibC.IoControl(opened.Handle, GetNamespaceType);
            if (Kernel.Check(type, "read namespace type", path) != NewNetwork)
            {
                throw new InvalidNamespaceException($"{path} is a namespace, but not a network namespace");
            }

            if (Inode(path) == Inode("/proc/thread-self/ns/net"))
            {
                throw new InvalidNamespaceException($"{path} is the node's own network namespace, not a container's");
            }

            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
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

    /// <summary>What tells one namespace from another: all of them are files of one file system.</summary>
    private static unsafe ulong Inode(string path)
    {
        var buffer = stackalloc byte[LibC.StatXSize];
        Kernel.Check(LibC.StatX(CurrentFolder, path, 0, StatXInodeWanted, buffer), "stat", path);
        return *(ulong*)(buffer + LibC.StatXInode);
    }
}
