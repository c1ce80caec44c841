namespace Routing.Agent.Cni;

/// <summary>Puts the shim and its network configuration where the container runtime looks for them.</summary>
/// <remarks>
/// Each file is written beside its place and renamed, so a runtime that calls the shim meanwhile gets one whole program
/// (writing over a running one would fail with ETXTBSY). The shim goes first: a configuration that names a missing
/// program would fail every pod. What stands there already, octet for octet, is left alone.
/// </remarks>
internal sealed class ShimInstaller(string binDirectory, string confDirectory)
{
    private const UnixFileMode ExecutableMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    // A conflist may carry what a runtime must not show to everybody.
    private const UnixFileMode ConfigurationMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Name of the shim in both places.</summary>
    public const string ShimName = "routing-cni";

    /// <summary>Installs the shim, then the conflist under its own file name.</summary>
    /// <returns>The files that were written; empty when all was in place.</returns>
    /// <exception cref="IOException">A folder or file cannot be read or written; nothing is half-written.</exception>
    public IReadOnlyList<string> Install(string shim, string conflist)
    {
        var written = new List<string>();
        Place(shim, Path.Combine(binDirectory, ShimName), ExecutableMode, written);
        Place(conflist, Path.Combine(confDirectory, Path.GetFileName(conflist)), ConfigurationMode, written);
        return written;
    }

    private static void Place(string source, string target, UnixFileMode mode, List<string> written)
    {
        var octets = File.ReadAllBytes(source);
        if (File.Exists(target) && File.GetUnixFileMode(target) == mode && File.ReadAllBytes(target).AsSpan().SequenceEqual(octets))
        {
            return;
        }

        // Not "*.conflist" or "*.conf" while incomplete: runtimes read every such file in the folder.
        var partial = $"{target}.{Environment.ProcessId}.partial";
        try
        {
            using (var file = new FileStream(partial, new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = mode,
            }))
            {
                file.Write(octets);
                file.Flush(flushToDisk: true);
            }

            // The mode of creation is cut by the umask.
            File.SetUnixFileMode(partial, mode);
            File.Move(partial, target, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }

        written.Add(target);
    }
}
