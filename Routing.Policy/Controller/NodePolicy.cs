using System.Collections.Immutable;
using Routing.Policy.Compile;
using Routing.Policy.Model;
using Routing.Policy.Rules;
using Routing.Policy.Selectors;

namespace Routing.Policy.Controller;

/// <summary>
/// One node's packet filter, from the cluster's objects: told of each change, it compiles what the change touches.
/// <code>
///   Upsert, Remove ──> SelectorIndex ──> dirty endpoints (which policies select the pod?)
///   SetEndpoint    ──>               └─> dirty profiles  (who are the policies' peers?)      ──Compile──> Ruleset
/// </code>
/// Every method but <see cref="Compile"/> only notes; an object that is the same as before costs a comparison. Not
/// thread-safe: it has one owner. The owner calls <see cref="Compile"/> only after the first complete lists of pods,
/// namespaces and policies: before that it cannot know what is closed.
/// </summary>
public sealed partial class NodePolicy
{
    private readonly string _nodeName;
    private readonly SelectorIndex _index;
    private readonly PolicyTable _policies;
    private readonly NodeTable _nodes = new();
    private readonly ProfileTable _profiles;
    private readonly ProfileChoice _choice;
    private readonly AnswerObservation _answers;
    private readonly Dictionary<NamespacedName, PodView> _pods = []; // as the API server shows them
    private readonly HashSet<string> _namespaces = new(StringComparer.Ordinal);
    private Ruleset _ruleset;

    /// <param name="nodeName">The node; a pod that the API server shows on another node is not one of ours.</param>
    /// <param name="reports">Which packets the ruleset reports; null for those that are denied.</param>
    /// <param name="failsafes">Ports that host endpoints never close; null for Calico's.</param>
    /// <param name="dns">Whose answers say what names stand for; null for what is usual.</param>
    public NodePolicy(string nodeName, ReportOptions? reports = null, FailsafePorts? failsafes = null, DnsOptions? dns = null)
    {
        _nodeName = nodeName;
        reports ??= new ReportOptions();
        _ruleset = Skeleton.Create(reports);
        _index = new SelectorIndex(new Listener(this));
        _policies = new PolicyTable(_index);
        _profiles = new ProfileTable(_index, _nodes, _services, _domains, reports, _policies.Specs);
        _choice = new ProfileChoice(_policies, _profiles);
        _open = new EndpointTable(_profiles, reports);
        Failsafes = failsafes ?? FailsafePorts.Default;
        _hosts = new HostTable(_profiles, Failsafes, reports);
        _answers = new AnswerObservation(dns ?? new DnsOptions(), _services);
    }

    /// <summary>A pod, of any node, came or changed.</summary>
    public void UpsertPod(PodView pod)
    {
        if (_pods.TryGetValue(pod.Name, out var before) && before == pod)
        {
            return;
        }

        _pods[pod.Name] = pod;
        Touch(pod.Name);
        _index.UpsertPod(WithEndpoints(pod));
    }

    /// <summary>A pod went. Its interface is closed, should it still be there.</summary>
    public void RemovePod(NamespacedName pod)
    {
        if (_pods.Remove(pod))
        {
            Touch(pod);
            _index.RemovePod(pod);
        }
    }

    /// <summary>All pods, after a list: those that are not in it went.</summary>
    public void ReplacePods(IEnumerable<PodView> pods)
    {
        if (pods.TryGetNonEnumeratedCount(out var count))
        {
            _pods.EnsureCapacity(count);
            _index.EnsureCapacity(count);
        }

        Replace([.. _pods.Keys], pods, pod => pod.Name, RemovePod, UpsertPod);
    }

    /// <summary>A namespace came or changed.</summary>
    public void UpsertNamespace(NamespaceView view)
    {
        if (_namespaces.Add(view.Name))
        {
            TouchAll(view.Name);
        }

        _index.UpsertNamespace(view);
    }

    /// <summary>A namespace went.</summary>
    public void RemoveNamespace(string name)
    {
        if (_namespaces.Remove(name))
        {
            TouchAll(name);
        }

        _index.RemoveNamespace(name);
    }

    /// <summary>All namespaces, after a list: those that are not in it went.</summary>
    public void ReplaceNamespaces(IEnumerable<NamespaceView> views) =>
        Replace([.. _namespaces], views, view => view.Name, RemoveNamespace, UpsertNamespace);

    /// <summary>A node came or changed.</summary>
    public void UpsertNode(NodeView node)
    {
        if (_nodes.Upsert(node))
        {
            _profiles.OnNodesChanged();
        }
    }

    /// <summary>A node went.</summary>
    public void RemoveNode(string name)
    {
        if (_nodes.Remove(name))
        {
            _profiles.OnNodesChanged();
        }
    }

    /// <summary>All nodes, after a list: those that are not in it went.</summary>
    public void ReplaceNodes(IEnumerable<NodeView> nodes) =>
        Replace([.. _nodes.Names], nodes, node => node.Name, RemoveNode, UpsertNode);

    /// <summary>A policy came or changed.</summary>
    public void UpsertPolicy(PolicySpec policy)
    {
        policy = InTier(policy);
        if (_policies.Specs.TryGetValue(policy.Key, out var before) && before == policy)
        {
            return;
        }

        TouchSubjects(policy.Key);
        TouchHosts(policy.Key);
        _policies.Set(policy);
        TouchSubjects(policy.Key);
        TouchHosts(policy.Key);
        _profiles.OnPolicyChanged(policy.Key);
    }

    /// <summary>A policy went.</summary>
    public void RemovePolicy(PolicyKey policy)
    {
        TouchSubjects(policy);
        TouchHosts(policy);
        _policies.Remove(policy);
    }

    /// <summary>All policies of a kind, after a list: those that are not in it went.</summary>
    public void ReplacePolicies(PolicyKind kind, IEnumerable<PolicySpec> policies)
    {
        if (policies.TryGetNonEnumeratedCount(out var count))
        {
            _policies.EnsureCapacity(count);
        }

        Replace([.. _policies.Specs.Keys.Where(key => key.Kind == kind)], policies, policy => policy.Key, RemovePolicy, UpsertPolicy);
    }

    /// <summary>All objects of a cluster, as after listing every kind.</summary>
    public void Replace(ClusterView cluster)
    {
        ReplaceNodes(cluster.Nodes.Values);
        ReplaceNamespaces(cluster.Namespaces.Values);
        ReplacePods(cluster.Pods.Values);
        ReplaceTiers(cluster.Tiers.Values);
        ReplaceNetworkSets(cluster.NetworkSets.Values.Where(set => set.Name.Namespace.Length > 0), areGlobal: false);
        ReplaceNetworkSets(cluster.NetworkSets.Values.Where(set => set.Name.Namespace.Length == 0), areGlobal: true);
        ReplaceHostEndpoints(cluster.HostEndpoints.Values);
        ReplaceServiceAccounts(cluster.ServiceAccounts.Values);
        ReplaceServiceSlices(cluster.ServiceSlices.Values);
        foreach (var pattern in _domains.All.Keys.Union(cluster.Domains.Keys).ToList())
        {
            SetDomain(pattern, cluster.Domains.GetValueOrDefault(pattern, []));
        }

        foreach (var kind in Enum.GetValues<PolicyKind>())
        {
            ReplacePolicies(kind, cluster.Policies.Values.Where(policy => policy.Key.Kind == kind));
        }
    }

    /// <summary>The ruleset as it shall be now. Objects of the ruleset that did not change are the same objects as in
    /// the last one; when nothing changed, it is the last one.</summary>
    public Ruleset Compile()
    {
        _ruleset = _profiles.Compile(CompileHosts(CompileEndpoints(_ruleset)));
        return _ruleset = _answers.Put(_ruleset, DomainsInUse.IsEmpty ? [] : [.. _open.NamingDomains]);
    }

    /// <summary>The rule for whose sake an element is in a set of the last ruleset: the first that matches such a packet, or, where
    /// an element stands for several rules that say the same, one of them. Null when it stands for the absence of a rule (a
    /// peer that isolation denies although a net around it is allowed), and for elements that are no policy's.</summary>
    public RuleOrigin? RuleOf(string setName, in SetElement element) =>
        _profiles.RuleOf(setName, element) is { } rule ? new RuleOrigin(rule.Policy, rule.Spec.Field) : null;

    private static void Replace<TName, TView>(
        TName[] before, IEnumerable<TView> views, Func<TView, TName> nameOf, Action<TName> remove, Action<TView> upsert)
        where TName : notnull
    {
        if (before.Length > 0)
        {
            var now = views.Select(nameOf).ToHashSet();
            foreach (var gone in before.Where(name => !now.Contains(name)))
            {
                remove(gone);
            }
        }

        foreach (var view in views)
        {
            upsert(view);
        }
    }

    private void TouchSubjects(PolicyKey policy)
    {
        Touch(_policies.Subjects(policy));
        if (policy.Enforced() is var enforced && enforced != policy)
        {
            Touch(_policies.Subjects(enforced)); // these pods have another staged profile then
        }
    }

    /// <summary>Keeps the index's events off the public face.</summary>
    private sealed class Listener(NodePolicy owner) : ISelectionListener
    {
        public void OnChanged(SelectedPods selected, PodRecord pod)
        {
            owner._profiles.OnMemberChanged(selected, pod);
            owner.Touch(pod.View.Name);
        }

        public void OnNetsChanged(SelectedPods selected)
        {
            owner._profiles.OnNetsChanged(selected);
            owner._areHostsDirty |= owner._ownHosts.Count > 0 && selected.Selection.Kinds.HasFlag(EndpointKinds.HostEndpoints);
            foreach (var policy in owner._policies.Asking(selected))
            {
                owner.TouchSubjects(policy);
            }
        }
    }
}
