using k8s;
using k8s.Models;
using Routing.Agent.Lab.Cluster;
using Routing.Agent.Lab.Namespaces;
using Routing.Agent.Lab.Plan;

namespace Routing.Agent.Lab.Traffic;

/// <summary>Measures how long a policy change takes to bite: changes a policy through the API, and meanwhile opens a new connection
/// every few milliseconds. What counts is when the first packet was sent that fared the new way, and all after it too.</summary>
internal sealed class EnforcementTimer(Kubernetes client, LabPlan plan, LabNamespaces namespaces, TimeProvider time)
{
    private const string PolicyName = "routing-lab-enforcement";
    private const int Rounds = 5;

    /// <summary>So many samples in a row that fare the new way are the new state.</summary>
    private const int Settled = 10;

    private static readonly TimeSpan SampleInterval = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan SamplePatience = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>Measures on a flow that one more policy would turn; null when there is none, or when a change did not bite.</summary>
    public async Task<EnforcementTimes?> MeasureAsync(ClusterSnapshot snapshot, ProbePlan probes, CancellationToken cancellationToken)
    {
        if (Choose(snapshot, probes) is not var (probe, policy, adding))
        {
            return null;
        }

        List<TimeSpan> toDeny = [], toAllow = [];
        for (var i = 0; i < Rounds; i++)
        {
            if (await SampleAsync(probe, adding, () => CreateAsync(policy, cancellationToken), cancellationToken) is not { } added
                || await SampleAsync(probe, !adding, () => DeleteAsync(policy, cancellationToken), cancellationToken) is not { } removed)
            {
                await DeleteAsync(policy, cancellationToken);
                return null;
            }

            (adding ? toAllow : toDeny).Add(added);
            (adding ? toDeny : toAllow).Add(removed);
        }

        return new EnforcementTimes(probe.ToString(), toDeny, toAllow);
    }

    /// <summary>A flow, a policy that turns it, and whether it then passes: isolating an open pod, or opening an isolated one.</summary>
    private (Probe Probe, V1NetworkPolicy Policy, bool Adding)? Choose(ClusterSnapshot snapshot, ProbePlan probes)
    {
        var oracle = new FlowOracle(snapshot, plan);
        foreach (var probe in probes.Probes.Where(probe => probe.From.Pod is not null && probe.To.Pod is not null && probe.From != probe.To))
        {
            var allowed = oracle.Allows(probe);
            var policy = NewPolicy(snapshot.Pods[probe.To.Pod!.Value], open: !allowed);
            if (new FlowOracle(snapshot, plan, policy).Allows(probe) != allowed)
            {
                return (probe, policy, !allowed);
            }
        }

        return null;
    }

    private static V1NetworkPolicy NewPolicy(V1Pod target, bool open) => new()
    {
        ApiVersion = $"{V1NetworkPolicy.KubeGroup}/{V1NetworkPolicy.KubeApiVersion}",
        Kind = V1NetworkPolicy.KubeKind,
        Metadata = new() { Name = PolicyName, NamespaceProperty = target.Metadata.NamespaceProperty },
        Spec = new()
        {
            PodSelector = new() { MatchLabels = target.Metadata.Labels },
            PolicyTypes = ["Ingress"],
            Ingress = open ? [new()] : [],
        },
    };

    private async Task<TimeSpan?> SampleAsync(Probe probe, bool expected, Func<Task> change, CancellationToken cancellationToken)
    {
        var inside = namespaces[probe.From.NamespaceName];
        var started = time.GetTimestamp();
        var changing = change();
        var samples = new Queue<(TimeSpan Sent, Task<ProbeOutcome> Outcome)>();
        TimeSpan? turned = null;
        var sameInRow = 0;
        while (time.GetElapsedTime(started) is var now && now < Longest && sameInRow < Settled)
        {
            samples.Enqueue((now, RunAsync(inside.Run(() => ProbeSocket.Open(probe)), cancellationToken)));
            while (samples.TryPeek(out var oldest) && oldest.Outcome.IsCompleted)
            {
                samples.Dequeue();
                var isNew = await oldest.Outcome == (expected ? ProbeOutcome.Answered : ProbeOutcome.Silent);
                turned = isNew ? turned ?? oldest.Sent : null;
                sameInRow = isNew ? sameInRow + 1 : 0;
            }

            await Task.Delay(SampleInterval, time, cancellationToken);
        }

        await changing;
        await Task.WhenAll(samples.Select(sample => sample.Outcome));
        return sameInRow >= Settled ? turned : null;
    }

    private async Task<ProbeOutcome> RunAsync(ProbeSocket socket, CancellationToken cancellationToken)
    {
        using (socket)
        using (var patience = new CancellationTokenSource(SamplePatience, time))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken))
        {
            return await socket.RunAsync(time, either.Token);
        }
    }

    private Task<V1NetworkPolicy> CreateAsync(V1NetworkPolicy policy, CancellationToken cancellationToken) =>
        client.NetworkingV1.CreateNamespacedNetworkPolicyAsync(
            policy, policy.Metadata.NamespaceProperty, cancellationToken: cancellationToken);

    private async Task DeleteAsync(V1NetworkPolicy policy, CancellationToken cancellationToken)
    {
        try
        {
            await client.NetworkingV1.DeleteNamespacedNetworkPolicyAsync(
                policy.Metadata.Name, policy.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
        }
        catch (k8s.Autorest.HttpOperationException)
        {
            // Was never created.
        }
    }
}
