using System.Collections.Immutable;
using System.CommandLine;
using Routing.Agent.Manifests;
using Routing.Policy.Analysis;
using Routing.Policy.Model;

namespace Routing.Agent.Cli.Policies;

/// <summary>`routing policy diff -f NEW...`: the flows that a change would gain and lose, before it is made.</summary>
internal static class PolicyDiffVerb
{
    public static Command Create()
    {
        var verb = new Command("diff", """
            Show which flows a change gains and loses, by policy and workload; exit code 1 when there are any. Against --old, the
            policies of NEW take the place of all old ones; against a live cluster (the default) NEW is laid over it, and with
            --prune its policies take the place of all. Pods, namespaces and nodes that only one side has hold for both. What
            is said of (nodes) and pods is of other nodes' pods: a node always reaches its own.
            """);
        var cluster = ClusterOptions.AddTo(verb);
        var old = new Option<string[]>("--old")
        {
            Description = "Files or folders with the manifests as they were; - for standard input (default: the live cluster).",
            HelpName = "PATH",
            AllowMultipleArgumentsPerToken = true,
        };
        var prune = new Option<bool>("--prune")
        {
            Description = "Policies of the live cluster that NEW does not have go.",
        };
        verb.Options.Add(old);
        verb.Options.Add(prune);
        var output = OutputOptions.AddTo(verb);
        verb.SetAction(async (result, cancellationToken) =>
        {
            var oldPaths = result.GetValue(old) ?? [];
            if (Mistake(cluster, oldPaths, result.GetValue(prune), result) is { } mistake)
            {
                throw new UserErrorException(mistake, ExitCode.Usage);
            }

            var (files, errors) = cluster.ReadFiles(result);
            ClusterManifests? before, after;
            if (oldPaths.Length > 0)
            {
                before = cluster.Check(cluster.ReadOthers(oldPaths, result), result);
                after = cluster.Check(ClusterManifests.Of(files, errors), result);
            }
            else
            {
                var live = await cluster.ReadLiveAsync(result, cancellationToken);
                before = cluster.Check(ClusterManifests.Of(live, []), result);
                var all = ClusterManifests.Of([.. live, .. files], errors);
                after = cluster.Check(all with { Warnings = [.. all.Warnings.Except(before?.Warnings ?? [])] }, result);
                if (result.GetValue(prune) && after is not null)
                {
                    after = after with
                    {
                        Cluster = after.Cluster with
                        {
                            Policies = after.Cluster.Policies.RemoveRange(
                                after.Cluster.Policies.Keys.Where(key => after.Sources.Find(key) is { IsLive: true })),
                        },
                    };
                }
            }

            if (before is null || after is null)
            {
                return ExitCode.Usage;
            }

            var (was, now) = (Over(after, before), Over(before, after));
            ClusterOptions.RefuseEmpty(now);
            foreach (var policy in Unseen(was, now))
            {
                await result.InvocationConfiguration.Error.WriteLineAsync(
                    $"routing: {PlaceOf(policy, before.Sources, after.Sources)}{policy}: changed, and it selects nothing here: "
                    + "what it gains or loses cannot be told");
            }

            var classes = FlowClasses.Of([was, now]);
            var changes = FlowDiff.Of(classes, pod => $"{WorkloadOf(now.Pods[pod], before.Sources, after.Sources)}");
            var writer = new DiffWriter(classes.Ports, changes, before.Sources, after.Sources, now.Policies.ContainsKey);
            await result.InvocationConfiguration.Output.WriteAsync(output.IsJson(result) ? writer.Json() : writer.Text());
            return changes.IsEmpty ? ExitCode.Success : ExitCode.Failed;
        });
        return verb;
    }

    private static string? Mistake(ClusterOptions cluster, string[] old, bool prune, ParseResult result) =>
        !cluster.HasPaths(result) ? "diff needs -f PATH: the manifests as they shall be"
        : old.Length > 0 && cluster.IsLive(result) ? "--old and a live cluster (--kubeconfig, --context) exclude each other"
        : old.Length > 0 && prune ? "--prune is for a live cluster; against --old all policies are replaced"
        : null;

    /// <summary>Policies that changed, and of which no flow tells: their pods are not among those that are known.</summary>
    private static IEnumerable<PolicyKey> Unseen(ClusterView was, ClusterView now)
    {
        var (podsThen, podsNow) = (new PodsByNamespace(was), new PodsByNamespace(now));
        return was.Policies.Keys.Union(now.Policies.Keys).Order()
            .Where(key => was.Policies.GetValueOrDefault(key) is var one && now.Policies.GetValueOrDefault(key) is var other && one != other
                && !Selects(one, was, podsThen) && !Selects(other, now, podsNow));
    }

    private static bool Selects(PolicySpec? policy, ClusterView cluster, PodsByNamespace pods) => policy?.Subject is { } subject
        && (cluster.HostEndpoints.Values.Any(subject.Matches) || pods.Of(subject).Any());

    private static string PlaceOf(PolicyKey policy, ClusterSources before, ClusterSources after) =>
        (after.PlaceOf(policy, null) is { Length: > 0 } place ? place : before.PlaceOf(policy, null)) is { Length: > 0 } found ? $"{found}: " : "";

    /// <summary>What there is besides policies, of both; where both have it, the upper one's.</summary>
    private static ClusterView Over(ClusterManifests lower, ClusterManifests upper) => upper.Cluster with
    {
        Pods = Over(lower.Cluster.Pods, upper.Cluster.Pods),
        Namespaces = Over(lower.Cluster.Namespaces, upper.Cluster.Namespaces.RemoveRange(upper.Unlabelled.Intersect(lower.Cluster.Namespaces.Keys))),
        Nodes = Over(lower.Cluster.Nodes, upper.Cluster.Nodes),
        ServiceAccounts = Over(lower.Cluster.ServiceAccounts, upper.Cluster.ServiceAccounts),
        ServiceSlices = Over(lower.Cluster.ServiceSlices, upper.Cluster.ServiceSlices),
    };

    private static ImmutableDictionary<TKey, TValue> Over<TKey, TValue>(
        ImmutableDictionary<TKey, TValue> lower, ImmutableDictionary<TKey, TValue> upper)
        where TKey : notnull => lower.SetItems(upper);

    private static Workload WorkloadOf(PodView pod, ClusterSources before, ClusterSources after) =>
        Workload.Of(pod, after.Find(pod.Name) ?? before.Find(pod.Name));
}
