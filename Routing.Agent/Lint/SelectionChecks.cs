using System.Text.Json.Nodes;
using Routing.Agent.Manifests;
using Routing.Policy.Model;
using Routing.Policy.Rules;
using Routing.Policy.Translate;

namespace Routing.Agent.Lint;

/// <summary>Selectors and ports that miss the pods there are.</summary>
internal sealed class SelectionChecks
{
    private readonly PolicyLint _lint;
    private readonly ClusterView _cluster;
    private readonly List<PodView> _pods;
    private readonly PodsByNamespace _selected;
    private readonly Dictionary<PodSelection, List<PodView>> _picked = [];
    private readonly Dictionary<NamespacedName, List<(TransportProtocol Protocol, ushort Port)>> _ports = [];
    private readonly Dictionary<PodSelection, DeclaredPorts> _declared = [];

    public SelectionChecks(PolicyLint lint)
    {
        (_lint, _cluster) = (lint, lint.Manifests.Cluster);
        _pods = [.. _cluster.Pods.Values.Where(pod => pod.IsSelectable)];
        _selected = new PodsByNamespace(_cluster);
    }

    public void Check()
    {
        var selected = new HashSet<NamespacedName>();
        foreach (var policy in _cluster.Policies.Values.Where(policy => policy.Subject is not null))
        {
            var subjects = Picked(policy.Subject!);
            selected.UnionWith(subjects.Select(pod => pod.Name));
            if (subjects.Count == 0 && policy.Subject!.Kinds.HasFlag(EndpointKinds.Pods)
                && !_cluster.HostEndpoints.Values.Any(policy.Subject.Matches))
            {
                _lint.Add(LintCode.SelectsNoPod, policy.Key, SubjectField(policy), $"it selects {policy.Subject}, of which there is none");
            }

            foreach (var direction in Enum.GetValues<Direction>())
            {
                foreach (var rule in policy.Rules(direction)?.Rules.Items ?? [])
                {
                    CheckPeers(policy, rule, direction);
                    CheckPorts(policy, rule, direction);
                }
            }
        }

        CheckUnselected(selected);
    }

    private void CheckPeers(PolicySpec policy, RuleSpec rule, Direction direction)
    {
        foreach (var peer in rule.Peers)
        {
            var selection = (peer as PeerSpec.Pods)?.Selection ?? (peer as PeerSpec.Entity)?.Selection;
            if (selection is not null && Picked(selection).Count == 0 && !HasOthers(selection))
            {
                _lint.Add(LintCode.PeerSelectsNothing, policy.Key, rule.Field,
                    $"{(direction == Direction.Ingress ? "from" : "to")} {selection}: there is none");
            }
        }

        // Where there are some at all: files of a repository often have neither nodes nor endpoints.
        foreach (var (what, isNobody) in rule.Peers.Items.Select(peer => peer switch
        {
            PeerSpec.Nodes nodes => ($"nodes '{nodes.Selector}'",
                !_cluster.Nodes.IsEmpty && !_cluster.Nodes.Values.Any(node => nodes.Selector.Matches(node.Labels))),
            PeerSpec.Service service => ($"service {service.Name}",
                !_cluster.ServiceSlices.IsEmpty && !_cluster.ServiceSlices.Values.Any(slice => slice.ServiceName == service.Name)),
            _ => ("", false),
        }))
        {
            if (isNobody)
            {
                _lint.Add(LintCode.PeerSelectsNothing, policy.Key, rule.Field,
                    $"{(direction == Direction.Ingress ? "from" : "to")} {what}: there is none");
            }
        }

        var blocks = rule.Peers.Items.OfType<PeerSpec.IpBlock>().ToList();
        var families = blocks.Select(block => block.Cidr.Network.Family).Distinct().ToList();
        if (families is [var only] && blocks.Exists(block => block.Cidr.Length == 0)
            && _pods.Exists(pod => pod.Addresses.Items.Any(address => address.Family != only)))
        {
            _lint.Add(LintCode.BlockOneFamily, policy.Key, rule.Field,
                $"all of {(only == IpFamily.V4 ? "IPv4 and nothing of IPv6" : "IPv6 and nothing of IPv4")}, in a cluster that has both");
        }
    }

    /// <summary>A name that no destination has allows nothing; a number that no container declares is a guess at a mistake, made
    /// only where every pod meant declares its ports.</summary>
    private void CheckPorts(PolicySpec policy, RuleSpec rule, Direction direction)
    {
        List<PodSelection?> receivers = direction == Direction.Ingress ? [policy.Subject]
            : [.. rule.Peers.Items.Select(peer => (peer as PeerSpec.Pods)?.Selection)];
        if (rule.Verdict != RuleVerdict.Allow || rule.Ports.Count == 0 || receivers.Count == 0 || receivers.Contains(null))
        {
            return;
        }

        var there = DeclaredPorts.Of([.. receivers.Select(selection => Declared(selection!))]);
        if (there.IsNobody)
        {
            return;
        }

        // A name in these kinds means whichever protocol has it: it stands here once for each.
        var ofAnyProtocol = policy.Key.Kind
            is PolicyKind.AdminNetworkPolicy or PolicyKind.BaselineAdminNetworkPolicy or PolicyKind.ClusterNetworkPolicy;
        foreach (var port in rule.Ports.Items.DistinctBy(port => ofAnyProtocol && port is PortSpec.Named named ? named.Name : (object)port))
        {
            var (isUnknown, text) = port switch
            {
                PortSpec.Named named => (
                    !there.Names.Any(one => one.Name == named.Name && (ofAnyProtocol || one.Protocol == named.Protocol)),
                    ofAnyProtocol ? $"a port '{named.Name}'" : $"{named.Protocol.KubernetesName()} '{named.Name}'"),
                PortSpec.Numbers numbers when numbers.Protocol.HasPorts() && there.IsComplete => (
                    !there.Numbers.Any(one => one.Protocol == numbers.Protocol && numbers.Low <= one.Port && one.Port <= numbers.High),
                    numbers == PortSpec.Numbers.All(numbers.Protocol) ? $"any port of {numbers.Protocol.KubernetesName()}"
                        : $"{numbers.Protocol.KubernetesName()} "
                            + (numbers.Low == numbers.High ? $"{numbers.Low}" : $"{numbers.Low}-{numbers.High}")),
                _ => (false, ""),
            };
            if (isUnknown)
            {
                var known = there.Numbers.Select(one => $"{one.Protocol.KubernetesName()} {one.Port}").Take(9).ToList();
                _lint.Add(LintCode.PortUnknown, policy.Key, rule.Field,
                    $"no container of these pods has {text}"
                    + (known.Count > 0 ? $"; they have {string.Join(", ", known.Take(8))}{(known.Count > 8 ? ", ..." : "")}" : ""));
            }
        }
    }

    private void CheckUnselected(HashSet<NamespacedName> selected)
    {
        foreach (var workload in _pods.Where(pod => !selected.Contains(pod.Name)).GroupBy(_lint.Manifests.Sources.WorkloadOf))
        {
            var pods = workload.Select(pod => pod.Name).Order().ToList();
            _lint.Add(LintCode.PodNotSelected, workload.Key.Kind, $"{workload.Key.Name}", "", _lint.Manifests.Sources.Find(pods[0]),
                $"no policy selects {(pods.Count == 1 ? $"pod {pods[0]}" : $"{pods.Count} pods, {pods[0]} the first")}: "
                    + "everybody may reach it, and it everybody");
        }
    }

    private List<PodView> Picked(PodSelection selection)
    {
        if (!_picked.TryGetValue(selection, out var picked))
        {
            _picked.Add(selection, picked = [.. _selected.Of(selection)]);
        }

        return picked;
    }

    private DeclaredPorts Declared(PodSelection selection)
    {
        if (!_declared.TryGetValue(selection, out var declared))
        {
            _declared.Add(selection, declared = DeclaredPorts.Of(Picked(selection), PortsOf));
        }

        return declared;
    }

    private bool HasOthers(PodSelection selection) =>
        _cluster.NetworkSets.Values.Any(set => selection.Matches(set, _cluster.Namespaces.GetValueOrDefault(set.Name.Namespace)))
        || _cluster.HostEndpoints.Values.Any(selection.Matches);

    /// <summary>All ports that the pod's containers declare, names or not.</summary>
    private List<(TransportProtocol Protocol, ushort Port)> PortsOf(PodView pod)
    {
        if (_ports.TryGetValue(pod.Name, out var known))
        {
            return known;
        }

        var source = _lint.Manifests.Sources.Find(pod.Name);
        var spec = source is null ? null : (WorkloadPods.TemplateOf(source) ?? source.Json)["spec"];
        var ports = new List<(TransportProtocol, ushort)>();
        _ports.Add(pod.Name, ports);
        foreach (var port in (spec?["containers"] as JsonArray ?? []).Concat(spec?["initContainers"] as JsonArray ?? [])
            .SelectMany(container => container?["ports"] as JsonArray ?? []))
        {
            if (port?["containerPort"] is JsonValue value && value.TryGetValue(out long number) && number is > 0 and <= ushort.MaxValue
                && TransportProtocols.TryParse(port["protocol"]?.ToString(), out var protocol))
            {
                ports.Add((protocol, (ushort)number));
            }
        }

        return ports;
    }

    private static string SubjectField(PolicySpec policy) => policy.Key.Kind switch
    {
        PolicyKind.NetworkPolicy or PolicyKind.StagedKubernetesNetworkPolicy => "spec.podSelector",
        PolicyKind.AdminNetworkPolicy or PolicyKind.BaselineAdminNetworkPolicy or PolicyKind.ClusterNetworkPolicy => "spec.subject",
        _ => "spec.selector",
    };
}
