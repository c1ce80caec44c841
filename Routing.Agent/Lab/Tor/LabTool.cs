namespace Routing.Agent.Lab.Tor;

/// <summary>Finds programs the lab runs but does not bring.</summary>
internal static class LabTool
{
    /// <summary>Full path of a program.</summary>
    /// <exception cref="LabException">It is not installed; the message names Debian's package.</exception>
    public static string Find(string flag, string program, string package) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Prepend("/usr/lib/frr") // before /usr/sbin: OpenBGPD's daemon there is a bgpd too
            .Concat(["/usr/sbin", "/usr/bin"])
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists)
        ?? throw new LabException($"{flag}: program '{program}' is not installed; apt-get install {package}");
}
