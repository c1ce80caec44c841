using Routing.Agent.Lab.Processes;
using Routing.Agent.Lab.State;
using Routing.Agent.Namespaces;
using Routing.Agent.Native;

namespace Routing.Agent.Lab;

/// <summary>Removes all that a lab has made, and nothing else: the end of a lab, and `lab down` after one that crashed. With a
/// namespace go its links, addresses, routes and rules.</summary>
internal static class LabTeardown
{
    private const int Detach = 2; // MNT_DETACH

    /// <summary>Removes what the state names, then the lab's own folder. Goes on where a thing is gone already.</summary>
    public static async Task RunAsync(LabState state, LabPaths paths, TimeProvider time)
    {
        await ProcessReaper.StopAsync(
            state.Processes.Select(process => process.Identity).Union(ProcessReaper.FindMarked(paths.Root)), time);
        foreach (var name in state.Namespaces.Reverse())
        {
            NetworkNamespace.Delete(name);
        }

        foreach (var mount in state.Mounts.Reverse())
        {
            // Somebody else's namespaces may have come to live under it meanwhile; then it is theirs.
            if (Directory.Exists(mount) && !Directory.EnumerateFileSystemEntries(mount).Any())
            {
                _ = LibC.Unmount(mount, Detach);
            }
        }

        DeleteFolder(paths);
        foreach (var folder in state.Folders.Reverse())
        {
            DeleteIfEmpty(folder);
        }
    }

    /// <summary>The lock's file goes last. Whoever waits for the lock may make it anew before the folder goes: then the folder is
    /// theirs.</summary>
    private static void DeleteFolder(LabPaths paths)
    {
        foreach (var entry in AllButTheLock(paths))
        {
            if (entry is DirectoryInfo folder)
            {
                folder.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }

        File.Delete(paths.LockFile);
        try
        {
            Directory.Delete(paths.Root);
        }
        catch (IOException) when (!Directory.Exists(paths.Root) || !AllButTheLock(paths).Any())
        {
        }
    }

    private static IEnumerable<FileSystemInfo> AllButTheLock(LabPaths paths) =>
        new DirectoryInfo(paths.Root).EnumerateFileSystemInfos().Where(entry => entry.FullName != paths.LockFile);

    private static void DeleteIfEmpty(string folder)
    {
        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }
    }
}
