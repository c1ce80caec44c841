using Routing.Agent.Lab.Namespaces;

namespace Routing.Agent.Lab.Traffic;

/// <summary>Many probes at once.</summary>
internal sealed class ProbeRound(LabNamespaces namespaces, TimeProvider time)
{
    /// <summary>No round waits longer, whatever still dribbles in.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    /// <summary>Runs all probes together. The round ends once none has been answered for <paramref name="quiet"/>: on a busy machine
    /// late answers keep it open, on an idle one the forbidden flows cost that long once, not once each.</summary>
    public async Task<IReadOnlyDictionary<Probe, ProbeOutcome>> RunAsync(
        IReadOnlyCollection<Probe> probes, TimeSpan quiet, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var outcomes = new Dictionary<Probe, ProbeOutcome>(probes.Count);
        var running = new List<Task>(probes.Count);
        var started = time.GetTimestamp();
        var lastAnswer = started;
        try
        {
            foreach (var group in probes.GroupBy(probe => probe.From.NamespaceName))
            {
                foreach (var (probe, socket) in Open(group))
                {
                    running.Add(FinishAsync(probe, socket));
                }
            }

            var all = Task.WhenAll(running);
            while (!all.IsCompleted && time.GetElapsedTime(Volatile.Read(ref lastAnswer)) is var silent && silent < quiet
                   && time.GetElapsedTime(started) < Longest)
            {
                await Task.WhenAny(all, Task.Delay(quiet - silent, time, cancellationToken));
            }

            await patience.CancelAsync();
            await all;
        }
        finally
        {
            await patience.CancelAsync();
            await Task.WhenAll(running);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return outcomes;

        async Task FinishAsync(Probe probe, ProbeSocket? socket)
        {
            var outcome = ProbeOutcome.Unreachable;
            if (socket is not null)
            {
                using (socket)
                {
                    outcome = await socket.RunAsync(time, patience.Token);
                }
            }

            if (outcome != ProbeOutcome.Silent)
            {
                Volatile.Write(ref lastAnswer, time.GetTimestamp());
            }

            lock (outcomes)
            {
                outcomes[probe] = outcome;
            }
        }
    }

    /// <summary>Opens a namespace's sockets on one thread inside it; null for one whose source address is not there.</summary>
    private List<(Probe Probe, ProbeSocket? Socket)> Open(IGrouping<string, Probe> group) =>
        namespaces.TryGet(group.Key)?.Run(() => group.Select(probe => (probe, TryOpen(probe))).ToList())
        ?? [.. group.Select(probe => (probe, (ProbeSocket?)null))];

    private static ProbeSocket? TryOpen(Probe probe)
    {
        try
        {
            return ProbeSocket.Open(probe);
        }
        catch (System.Net.Sockets.SocketException)
        {
            return null;
        }
    }
}
