using System.Diagnostics;
using Routing.Tests.Netns;

namespace Routing.Tests.Agent.EndToEnd;

/// <summary>`nft monitor` and `ip monitor` in a namespace: the oracle of "nothing was touched".</summary>
internal sealed class KernelWatch : IDisposable
{
    private readonly TestNamespace _inside;
    private readonly List<Process> _processes = [];
    private readonly List<string> _lines = [];

    private KernelWatch(TestNamespace inside) => _inside = inside;

    /// <summary>What happened since the start.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    public static async Task<KernelWatch> StartAsync(TestNamespace inside)
    {
        var watch = new KernelWatch(inside);
        watch.Run("nft", "monitor");
        watch.Run("ip", "monitor", "route");
        watch.Run("ip", "-6", "monitor", "route");
        await watch.FlushAsync(1);
        lock (watch._lines)
        {
            watch._lines.Clear();
        }

        return watch;
    }

    /// <summary>Events that are not the watch's own.</summary>
    public async Task<IReadOnlyList<string>> EventsAsync()
    {
        await FlushAsync(2);
        return [.. Lines.Where(line => !line.StartsWith("# new generation", StringComparison.Ordinal)
            && !Marks(1).Concat(Marks(2)).Any(mark => line.Contains(mark, StringComparison.Ordinal)))];
    }

    /// <summary>Waits until the monitors have told everything up to now: makes routes and a table of its own, and waits
    /// to see them.</summary>
    private async Task FlushAsync(int number)
    {
        var marks = Marks(number);
        await Until.TrueAsync(
            "the monitors tell what happens",
            () =>
            {
                _inside.Ip("route", "replace", "blackhole", marks[0]);
                _inside.Ip("-6", "route", "replace", "blackhole", marks[1]);
                _inside.Nft("add", "table", "ip", marks[2]);
                return marks.All(mark => Lines.Any(line => line.Contains(mark, StringComparison.Ordinal)));
            });
    }

    private static string[] Marks(int number) => [$"192.0.2.{number}", $"2001:db8::{number}", $"watch-{number}"];

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }

    private void Run(string program, params string[] arguments)
    {
        // The tools buffer when they write to a pipe; `stdbuf -oL` makes them tell at once.
        var start = new ProcessStartInfo(Requires.Tool("stdbuf"), ["-oL", Requires.Tool(program), .. arguments])
        {
            RedirectStandardOutput = true,
        };
        var process = _inside.Inner.Run(() => Process.Start(start)!);
        process.OutputDataReceived += (_, line) =>
        {
            if (!string.IsNullOrWhiteSpace(line.Data))
            {
                lock (_lines)
                {
                    _lines.Add(line.Data);
                }
            }
        };
        process.BeginOutputReadLine();
        _processes.Add(process);
    }
}
