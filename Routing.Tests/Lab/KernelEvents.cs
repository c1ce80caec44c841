using System.Diagnostics;

namespace Routing.Tests.Lab;

/// <summary>`ip monitor` and `nft monitor` in namespaces: what is deleted while they watch.</summary>
internal sealed class KernelEvents : IAsyncDisposable
{
    private readonly List<Process> _monitors = [];
    private readonly List<string> _deletions = [];

    /// <summary>Routes, links, addresses, rules, tables, chains, sets and elements that went.</summary>
    public IReadOnlyList<string> Deletions
    {
        get
        {
            lock (_deletions)
            {
                return [.. _deletions];
            }
        }
    }

    public static KernelEvents Start(LabMachine machine, params string[] namespaces)
    {
        var events = new KernelEvents();
        foreach (var name in namespaces)
        {
            events.Watch(machine, name, "ip", "monitor", "route", "link", "address", "rule");
            events.Watch(machine, name, "nft", "monitor");
        }

        return events;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var monitor in _monitors)
        {
            monitor.Kill(entireProcessTree: true);
            await monitor.WaitForExitAsync();
            monitor.Dispose();
        }
    }

    private void Watch(LabMachine machine, string name, string tool, params string[] arguments)
    {
        var monitor = Process.Start(machine.Command(Requires.Tool("ip"), ["netns", "exec", name, Requires.Tool(tool), .. arguments]))!;
        monitor.OutputDataReceived += (_, line) =>
        {
            // "Deleted 10.1.0.0/26 via ..." of ip, "delete element inet routing ..." of nft. An agent that starts asks the kernel
            // by a table of its own, which no packet meets, whether nf_tables can do all it needs.
            if (line.Data?.TrimStart().StartsWith("delete", StringComparison.OrdinalIgnoreCase) == true
                && !line.Data.Contains("inet routing-probe", StringComparison.Ordinal))
            {
                lock (_deletions)
                {
                    _deletions.Add($"{name}: {line.Data}");
                }
            }
        };
        monitor.BeginOutputReadLine();
        _monitors.Add(monitor);
    }
}
