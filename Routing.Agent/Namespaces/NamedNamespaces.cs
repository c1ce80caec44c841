using System.Runtime.InteropServices;
using Routing.Agent.Native;
using Routing.Agent.Netlink;

namespace Routing.Agent.Namespaces;

/// <summary>Names for network namespaces, kept where and as `ip netns` keeps them: a file in /run/netns with the
/// namespace's file mounted over it.</summary>
internal static class NamedNamespaces
{
    private const string Folder = "/run/netns";
    private const nuint MountBind = 4096, MountRecursive = 16384, MountShared = 1 << 20; // MS_*
    private const int Detach = 2; // MNT_DETACH
    private const int LockExclusive = 2; // LOCK_EX
    private const int CreateExclusive = 0x40 | 0x80; // O_RDONLY | O_CREAT | O_EXCL

    /// <exception cref="ArgumentException">The name is no plain file name, so it would lead out of the
    /// folder.</exception>
    public static string PathOf(string name) => name is not ("" or "." or "..") && !name.Contains('/')
        ? Path.Combine(Folder, name)
        : throw new ArgumentException($"'{name}' cannot name a network namespace: it has to be a plain file name.");

    /// <summary>Names a namespace.</summary>
    /// <param name="name">A file name.</param>
    /// <param name="makeNamespace">Makes the namespace and returns the file to mount; called once the name is
    /// ours.</param>
    public static void Bind(string name, Func<string> makeNamespace)
    {
        ShareFolder();
        var path = PathOf(name);
        Kernel.Open(path, CreateExclusive, "create network namespace", name).Dispose();
        try
        {
            Kernel.Check(LibC.Mount(makeNamespace(), path, "none", MountBind, 0), "name network namespace", name);
        }
        catch
        {
            Unbind(name);
            throw;
        }
    }

    /// <summary>Takes a name away.</summary>
    /// <returns>False when it was not there.</returns>
    public static bool Unbind(string name)
    {
        var path = PathOf(name);
        if (!File.Exists(path))
        {
            return false;
        }

        if (LibC.Unmount(path, Detach) < 0 && Marshal.GetLastPInvokeError() is not (Errno.Invalid or Errno.NoSuchEntry))
        {
            throw new NetlinkException("delete network namespace", name, Marshal.GetLastPInvokeError());
        }

        File.Delete(path); // a placeholder that was never mounted over (EINVAL above) goes as well
        return true;
    }

    /// <summary>Makes the folder a shared mount, so that names made or taken away here are seen in other mount
    /// namespaces (and do not keep a namespace alive there), as `ip netns add` does.</summary>
    private static void ShareFolder()
    {
        Directory.CreateDirectory(Folder);
        using var folder = Kernel.Open(Folder, 0, "open", Folder);

        // Two processes that both find it unshared would mount it twice, and the first's names would be hidden.
        Kernel.Check(LibC.Lock(folder, LockExclusive), "lock", Folder);
        if (LibC.Mount("", Folder, "none", MountShared | MountRecursive, 0) == 0)
        {
            return;
        }

        if (Marshal.GetLastPInvokeError() != Errno.Invalid) // EINVAL: it is no mount point yet
        {
            throw new NetlinkException("share mount", Folder, Marshal.GetLastPInvokeError());
        }

        Kernel.Check(LibC.Mount(Folder, Folder, "none", MountBind | MountRecursive, 0), "bind mount", Folder);
        Kernel.Check(LibC.Mount("", Folder, "none", MountShared | MountRecursive, 0), "share mount", Folder);
    }
}
