using System.Globalization;
using Routing.Agent.Lab;
using Routing.Agent.Lab.Processes;

namespace Routing.Tests.Lab;

/// <summary>What a lab could leave behind on a machine, as text: equal before and after.</summary>
internal static class MachineState
{
    /// <summary>Namespaces, links, addresses, routes, rules, mounts, files and processes.</summary>
    public static string Read(LabMachine machine) => string.Join('\n',
    [
        "names: " + Entries(machine, "/run/netns"),
        "links: " + machine.Tool("ip", "-o", "link"),
        "addresses: " + machine.Tool("ip", "-o", "addr"),
        "routes: " + machine.Tool("ip", "route", "show", "table", "all") + machine.Tool("ip", "-6", "route", "show", "table", "all"),
        "policy rules: " + machine.Tool("ip", "rule"),
        "mounts: " + string.Join(' ', File.ReadLines(machine.Path("/proc/1/mountinfo")).Select(line => line.Split(' ')[4])),
        "/run/routing: " + Entries(machine, "/run/routing"),
        "processes: " + string.Join(' ', Processes(machine)),
    ]);

    private static string Entries(LabMachine machine, string folder) => Directory.Exists(machine.Path(folder))
        ? string.Join(' ', Directory.EnumerateFileSystemEntries(machine.Path(folder)).Select(Path.GetFileName).Order(StringComparer.Ordinal))
        : "missing";

    /// <summary>Those that are a lab's by their environment or by the program.</summary>
    private static IEnumerable<string> Processes(LabMachine machine)
    {
        var entry = $"\0{LabProcess.Marker}={LabPaths.Default.Root}\0";
        foreach (var folder in Directory.EnumerateDirectories(machine.Path("/proc")))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
            {
                continue;
            }

            string command, environment, stat;
            try
            {
                command = File.ReadAllText($"{folder}/comm").Trim();
                environment = "\0" + File.ReadAllText($"{folder}/environ");
                stat = File.ReadAllText($"{folder}/stat");
            }
            catch (IOException)
            {
                continue;
            }

            if (stat[stat.LastIndexOf(')') + 2] is 'Z' or 'X')
            {
                continue; // ended, and only its exit status is left for whoever inherited it
            }

            if (environment.Contains(entry, StringComparison.Ordinal) || command is "routing" or "bird" or "bgpd" or "zebra" or "gobgpd")
            {
                yield return $"{pid}:{command}";
            }
        }
    }
}
