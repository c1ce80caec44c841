using System.Globalization;
using Routing.Agent.Lab;
using Routing.Agent.Lab.Processes;
using Routing.Agent.Lab.State;

namespace Routing.Tests.Lab;

/// <summary>What a lab could leave behind on a machine, as text: equal before and after.</summary>
internal static class MachineState
{
    /// <summary>Namespaces, links, addresses, routes, rules, mounts, files and processes.</summary>
    public static string Read() => string.Join('\n',
    [
        "names: " + Entries("/run/netns"),
        "links: " + Tool.Run("ip", "-o", "link"),
        "addresses: " + Tool.Run("ip", "-o", "addr"),
        "routes: " + Tool.Run("ip", "route", "show", "table", "all") + Tool.Run("ip", "-6", "route", "show", "table", "all"),
        "policy rules: " + Tool.Run("ip", "rule"),
        "mounts: " + string.Join(' ', File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(' ')[4])),
        "/run/routing: " + Entries("/run/routing"),
        "processes: " + string.Join(' ', ProcessReaper.FindMarked(LabPaths.Default.Root).Select(process => process.Pid)),
        "routing processes: " + string.Join(' ', RoutingProcesses()),
    ]);

    private static string Entries(string folder) =>
        Directory.Exists(folder) ? string.Join(' ', Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal)) : "missing";

    private static IEnumerable<string> RoutingProcesses()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
            {
                continue;
            }

            string command;
            try
            {
                command = File.ReadAllText($"{folder}/comm").Trim();
            }
            catch (IOException)
            {
                continue;
            }

            if (ProcessIdentity.TryRead(pid) is null)
            {
                continue; // ended, and only its exit status is left for whoever inherited it
            }

            if (command is "routing" or "bird" or "bgpd" or "zebra" or "gobgpd")
            {
                yield return $"{Path.GetFileName(folder)}:{command}";
            }
        }
    }
}
