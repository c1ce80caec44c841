namespace Routing.Agent.Lab.State;

/// <summary>Held for as long as a lab runs, so that there is one lab on a machine, and `lab down` knows a crashed one from a
/// running one. The kernel releases it with the process, however that ends.</summary>
public sealed class LabLock : IDisposable
{
    private readonly FileStream _file;

    private LabLock(FileStream file) => _file = file;

    /// <summary>Takes the lock; null when another process has it.</summary>
    public static LabLock? TryTake(string path)
    {
        while (true)
        {
            try
            {
                // FileShare.None is flock(2) here.
                var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

                // Between our open and our flock the last owner may have removed the file: then we hold a lock nobody sees.
                if (File.Exists(path))
                {
                    return new LabLock(file);
                }

                file.Dispose();
            }
            catch (IOException) when (File.Exists(path))
            {
                return null;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
