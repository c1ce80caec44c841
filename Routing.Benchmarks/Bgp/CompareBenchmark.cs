using System.Diagnostics;
using Routing.Agent.Namespaces;
using Routing.Benchmarks.Bgp.Cases;
using Routing.Benchmarks.Bgp.Daemons;

namespace Routing.Benchmarks.Bgp;

/// <summary>`bgp-compare`: our speaker beside bird2, frr, gobgpd and openbgpd under the same loads, taking turns, each in a
/// network namespace of its own. Prints Markdown.</summary>
internal static class CompareBenchmark
{
    /// <summary>Runs the command line.</summary>
    public static int Run(string[] arguments)
    {
        if (CompareOptions.Parse(arguments, out var error) is not { } options)
        {
            Console.Error.WriteLine(error);
            return 2;
        }

        if (!Environment.IsPrivilegedProcess)
        {
            Console.Error.WriteLine("bgp-compare makes network namespaces; run it as root");
            return 2;
        }

        foreach (var missing in options.Daemons.Where(daemon => !File.Exists(daemon.Program)))
        {
            Console.Error.WriteLine($"{missing.Name} is missing and left out: {missing.Package}");
        }

        options = options with { Daemons = [.. options.Daemons.Where(daemon => File.Exists(daemon.Program))] };
        var report = new CompareReport(options);
        var clock = Stopwatch.StartNew();
        foreach (var one in BgpCase.All.Where(one => one.Names.Any(options.Wants)))
        {
            for (var run = 0; run < (one.RunsOnce ? 1 : options.Runs); run++)
            {
                // Everybody goes first at times.
                foreach (var daemon in options.Daemons.Skip(run).Concat(options.Daemons.Take(run)))
                {
                    if (!report.HasFailed(one.Names, daemon))
                    {
                        report.Add(RunOne(one, daemon, options));
                    }
                }
            }
        }

        report.Print(clock.Elapsed);
        return 0;
    }

    private static List<Measurement> RunOne(BgpCase one, BgpDaemon daemon, CompareOptions options)
    {
        var name = $"bgp-compare-{Environment.ProcessId}";
        using var place = NetworkNamespace.Create(name);
        try
        {
            // A link on which daemon and neighbours are; what they say to each other never leaves the namespace.
            foreach (var command in (string[])
                     [
                         "link set lo up", "link add bgp0 type veth peer name bgp1", $"addr add {DaemonPlan.Address}/16 dev bgp0",
                         "link set bgp0 up", "link set bgp1 up", $"route add local {DaemonPlan.NeighborSubnet} dev lo",
                     ])
            {
                Ip($"-n {name} {command}");
            }

            return place.Run(() =>
            {
                using var run = new CaseRun(daemon, one.Plan(options), options);
                one.Run(run, options);
                if (run.Results.Count == 0)
                {
                    run.Add(one.Names[0], 0, 0);
                }

                return run.Results;
            });
        }
        catch (IOException e)
        {
            return [new Measurement(one.Names[0], daemon.Name) { Failure = e.Message }];
        }
        finally
        {
            NetworkNamespace.Delete(name);
        }
    }

    private static void Ip(string command)
    {
        using var ip = Process.Start("ip", command);
        ip.WaitForExit();
        if (ip.ExitCode != 0)
        {
            throw new IOException($"ip {command} failed");
        }
    }
}
