using k8s.Models;
using Routing.Agent.Lab.Cluster;
using Routing.Agent.Lab.Plan;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;
using Routing.Policy.Translate;

namespace Routing.Agent.Lab.Traffic;

/// <summary>What policy says of probes: <see cref="PolicyEvaluator"/> over the cluster as the API has it.</summary>
internal sealed class FlowOracle
{
    private readonly PolicyEvaluator _evaluator;

    /// <param name="snapshot">The cluster.</param>
    /// <param name="plan">The nodes.</param>
    /// <param name="extra">A policy to judge as if it were there, or null.</param>
    public FlowOracle(ClusterSnapshot snapshot, LabPlan plan, V1NetworkPolicy? extra = null)
    {
        var policies = extra is null ? snapshot.Policies.Values : snapshot.Policies.Values.Append(extra);
        var cluster = snapshot.Others.Aggregate(
            new ClusterView(), (all, kind) => kind.Value.Values.Aggregate(all, (view, one) => kind.Key.Put(view, one)));
        _evaluator = new PolicyEvaluator(cluster with
        {
            Pods = cluster.Pods.AddRange(snapshot.Pods.Select(pod => KeyValuePair.Create(pod.Key, PodTranslator.Translate(pod.Value)))),
            Namespaces = cluster.Namespaces.AddRange(snapshot.Namespaces.Values
                .Select(NamespaceTranslator.Translate).Select(view => KeyValuePair.Create(view.Name, view))),
            Nodes = cluster.Nodes.AddRange(plan.Nodes
                .Select(node => KeyValuePair.Create(node.Name, new NodeView(node.Name, [.. node.Addresses.Select(Address.From)])
                {
                    Labels = LabelSet.From(ClusterObjects.LabelsOf(node)),
                }))),
            Policies = cluster.Policies.SetItems(policies
                .Select(NetworkPolicyTranslator.Translate).Select(spec => KeyValuePair.Create(spec.Key, spec))),
        });
    }

    /// <summary>Whether policy allows the flow.</summary>
    public bool Allows(Probe probe)
    {
        var family = probe.Destination.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? IpFamily.V4 : IpFamily.V6;
        var verdict = _evaluator.Evaluate(new Flow(
            End(probe.From, probe.Source), End(probe.To, probe.Destination), probe.Port.Protocol, probe.Port.Number));
        return verdict.Families.Single(one => one.Family == family).Allowed;
    }

    private static FlowEnd End(ProbeEndpoint endpoint, System.Net.IPAddress address) =>
        endpoint.Pod is { } pod ? new FlowEnd.Pod(pod) : new FlowEnd.Address(Address.From(address));
}
