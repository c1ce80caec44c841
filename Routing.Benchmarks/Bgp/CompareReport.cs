using System.Collections.Immutable;
using System.Globalization;
using Routing.Benchmarks.Bgp.Daemons;

namespace Routing.Benchmarks.Bgp;

/// <summary>Collects what was measured; says it line by line on stderr, and at the end as Markdown tables on stdout.</summary>
internal sealed class CompareReport(CompareOptions options)
{
    private const string Ours = "routing";
    private const double HoldSeconds = 3;

    /// <summary>Wall time as a part of the fastest other daemon's.</summary>
    private static readonly Dictionary<string, double> Aims = new()
    {
        ["S1"] = 0.25, ["S2"] = 0.15, ["S3 cold"] = 1, ["S3 warm"] = 1, ["S4"] = 0.4, ["S5"] = 0.4, ["S6"] = 1,
    };

    private readonly List<Measurement> _all = [];

    /// <summary>True when a daemon needs no further run of a case: it failed, or was too slow.</summary>
    public bool HasFailed(ImmutableArray<string> rows, BgpDaemon daemon) => _all.Exists(
        one => one.Daemon == daemon.Name && one.Failure is not null && rows.Any(row => one.Row.StartsWith(row, StringComparison.Ordinal)));

    /// <summary>Adds what one run measured.</summary>
    public void Add(IEnumerable<Measurement> measured)
    {
        foreach (var one in measured)
        {
            _all.Add(one);
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{one.Row,-12}{one.Daemon,-10}{one.Seconds,9:F3} s {one.CpuSeconds,7:F2} CPU s {one.PeakMiB,8:F0} MiB  {one.Failure}{one.Note}"));
        }
    }

    /// <summary>The tables.</summary>
    public void Print(TimeSpan took)
    {
        var silences = _all.Where(one => one.Daemon == Ours).Select(one => one.LongestSilence.TotalSeconds).DefaultIfEmpty();
        var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        Line($"Medians of {options.Runs} runs, scale {options.Scale}, {Environment.ProcessorCount} processors, load average {load}, "
            + $"{took.TotalMinutes:F0} min in all.");
        Line($"Hold time 3 s: {(_all.Exists(one => one.Daemon == Ours && one.Failure is not null) ? "a session of ours was lost or a run of ours failed" : "every session of ours stayed up")}; "
            + $"the longest silence of ours was {silences.Max():F1} s.");
        Line("");
        Line("| case | daemon | s | CPU s | peak MiB | |");
        Line("|---|---|---|---|---|---|");
        foreach (var row in _all.GroupBy(one => one.Row))
        {
            foreach (var daemon in row.GroupBy(one => one.Daemon))
            {
                PrintRow(row.Key, daemon.Key, [.. daemon]);
            }
        }

        Line("");
        Line("| case | ours to the fastest other | aim | memory, ours to the leanest other |");
        Line("|---|---|---|---|");
        foreach (var row in _all.GroupBy(one => one.Row))
        {
            PrintRatio(row.Key, [.. row]);
        }
    }

    private static void PrintRow(string row, string daemon, List<Measurement> runs)
    {
        var failed = runs.Find(one => one.Failure is not null);
        var silence = runs.Max(one => one.LongestSilence.TotalSeconds);
        var remark = failed?.Failure ?? runs[0].Note;
        remark += silence > HoldSeconds ? $"{(remark.Length > 0 ? "; " : "")}silent for {silence:F1} s" : "";
        var times = failed is null
            ? $"{Median(runs, one => one.Seconds):F3} | {Median(runs, one => one.CpuSeconds):F2}"
            : "- | -";
        Line($"| {row} | {daemon} | {times} | {Median(runs, one => one.PeakMiB):F0} | {remark} |");
    }

    private static void PrintRatio(string row, List<Measurement> runs)
    {
        var good = runs.Where(one => one.Failure is null).GroupBy(one => one.Daemon).ToDictionary(one => one.Key, one => one.ToList());
        if (!good.Remove(Ours, out var ours) || good.Count == 0)
        {
            return;
        }

        var (fastest, seconds) = good.Select(one => (one.Key, Median(one.Value, run => run.Seconds))).MinBy(one => one.Item2);
        var (leanest, memory) = good.Select(one => (one.Key, Median(one.Value, run => run.PeakMiB))).MinBy(one => one.Item2);
        var aim = Aims.TryGetValue(row, out var ratio) ? ratio.ToString(CultureInfo.InvariantCulture) : "none";
        Line($"| {row} | {Median(ours, run => run.Seconds) / seconds:F2} ({fastest}) | {aim} | {Median(ours, run => run.PeakMiB) / memory:F2} ({leanest}) |");
    }

    private static double Median(IEnumerable<Measurement> runs, Func<Measurement, double> of)
    {
        var sorted = runs.Select(of).Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static void Line(string text) => Console.WriteLine(text);
}
