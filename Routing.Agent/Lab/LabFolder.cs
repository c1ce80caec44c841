using Routing.Agent.Lab.Processes;
using Routing.Agent.Lab.State;

namespace Routing.Agent.Lab;

/// <summary>The lab's folder: one lab at a time has it.</summary>
internal static class LabFolder
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Makes the folder ours and begins the ledger. What a lab that crashed left is removed first.</summary>
    /// <exception cref="LabException">Another lab is running.</exception>
    public static async Task<(LabLock Lock, LabLedger Ledger)> TakeAsync(LabPaths paths, TimeProvider time)
    {
        while (true)
        {
            var parent = Path.GetDirectoryName(paths.Root)!;
            var parentIsNew = !Directory.Exists(parent);
            Directory.CreateDirectory(paths.Root);
            var taken = Take(paths);
            if (LabLedger.TryRead(paths.StateFile) is { } left)
            {
                using (taken)
                {
                    await LabTeardown.RunAsync(left, paths, time);
                    continue;
                }
            }

            var ledger = new LabLedger(paths.StateFile);
            if (parentIsNew)
            {
                ledger.AddFolder(parent);
            }

            return (taken, ledger);
        }
    }

    /// <summary>Ends a lab that runs, and removes what one that crashed left.</summary>
    /// <returns>False when there was nothing.</returns>
    /// <exception cref="LabException">The running lab does not end.</exception>
    public static async Task<bool> CleanAsync(LabPaths paths, TimeProvider time, CancellationToken cancellationToken)
    {
        var found = false;
        var asked = false;
        var started = time.GetTimestamp();
        while (Directory.Exists(paths.Root))
        {
            found = true;
            using var taken = TryTake(paths);
            var state = LabLedger.TryRead(paths.StateFile);
            if (taken is not null)
            {
                await LabTeardown.RunAsync(state ?? new LabState { Owner = default }, paths, time);
                return true;
            }

            if (time.GetElapsedTime(started) is var waited && waited > EndTimeout)
            {
                throw new LabException($"the lab (pid {state?.Owner.Pid}) did not end within {EndTimeout.TotalSeconds:0} s of SIGTERM");
            }

            if (!asked && state?.Owner is { } owner && owner.IsAlive)
            {
                asked = true;
                Signals.Send(owner.Pid, Signals.Terminate);
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }

        return found;
    }

    private static LabLock? TryTake(LabPaths paths)
    {
        try
        {
            return LabLock.TryTake(paths.LockFile);
        }
        catch (DirectoryNotFoundException)
        {
            return null; // it went while we looked
        }
    }

    private static LabLock Take(LabPaths paths) =>
        LabLock.TryTake(paths.LockFile) ?? throw new LabException(LabLedger.TryRead(paths.StateFile) is { } running
            ? $"a lab is running already (pid {running.Owner.Pid}); end it with Ctrl-C there, or: routing lab down"
            : $"a lab is starting already ({paths.LockFile} is locked)");
}
