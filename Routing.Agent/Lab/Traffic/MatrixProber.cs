using System.Collections.Immutable;
using System.Net.Sockets;
using Routing.Agent.Lab.Report;
using Routing.Policy.Model;

namespace Routing.Agent.Lab.Traffic;

/// <summary>Probes a plan and compares. What disagrees is tried again with more patience before it is called wrong: a busy machine
/// may be slow to answer, and a change may still be on its way to the nodes.</summary>
internal sealed class MatrixProber(ProbeRound round, TimeProvider time)
{
    /// <summary>Patience of each try; together they stay below the time an operator waits before looking for himself.</summary>
    private static readonly ImmutableArray<TimeSpan> Patience =
        [.. new[] { 150, 250, 500, 1000, 2000 }.Select(milliseconds => TimeSpan.FromMilliseconds(milliseconds))];

    /// <summary>Runs it.</summary>
    /// <param name="plan">What to try.</param>
    /// <param name="allows">What policy says.</param>
    public async Task<MatrixReport> RunAsync(ProbePlan plan, Func<Probe, bool> allows, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var flows = new Dictionary<Probe, FlowReport>(plan.Probes.Length);
        IReadOnlyCollection<Probe> open = plan.Probes;
        foreach (var quiet in Patience)
        {
            var outcomes = await round.RunAsync(open, quiet, cancellationToken);
            foreach (var (probe, outcome) in outcomes)
            {
                flows[probe] = Describe(probe, allows(probe), outcome);
            }

            open = [.. open.Where(probe => !flows[probe].Agrees)];
            if (open.Count == 0)
            {
                break;
            }
        }

        return new MatrixReport(
            plan.Sources, plan.Destinations, [.. plan.Probes.Select(probe => flows[probe])],
            Math.Round(time.GetElapsedTime(started).TotalSeconds, 3));
    }

    private static FlowReport Describe(Probe probe, bool expected, ProbeOutcome observed) => new(
        probe.From.Name, probe.To.Name,
        probe.Port.Protocol == TransportProtocol.Udp ? "UDP" : "TCP", probe.Port.Number,
        probe.Destination.AddressFamily == AddressFamily.InterNetwork ? "IPv4" : "IPv6",
        expected, observed);
}
