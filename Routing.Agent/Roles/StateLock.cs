using Routing.Agent.Cli;

namespace Routing.Agent.Roles;

/// <summary>One agent per state directory: a file held locked for as long as the process lives. The kernel lets go of
/// it however the process ends, so nothing stale can be in the way.</summary>
internal sealed class StateLock : IDisposable
{
    private readonly FileStream _file;

    private StateLock(FileStream file) => _file = file;

    /// <summary>Makes the directory if need be and takes the lock.</summary>
    /// <exception cref="UserErrorException">Another agent has it, or the directory cannot be used.</exception>
    public static StateLock Take(string lockFile)
    {
        var directory = Path.GetDirectoryName(lockFile)!;
        try
        {
            Directory.CreateDirectory(directory,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"state directory {directory}: {e.Message}; choose another with --state-dir");
        }

        try
        {
            // FileShare.None is flock(LOCK_EX | LOCK_NB) on Unix.
            var file = new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new StateLock(file);
        }
        catch (IOException)
        {
            throw new UserErrorException(
                $"another agent runs on {directory}: stop it first, or choose another directory with --state-dir");
        }
    }

    public void Dispose() => _file.Dispose();
}
