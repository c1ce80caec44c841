using System.Collections.Immutable;
using k8s;
using k8s.Models;
using Routing.Agent.KubeApi;
using Routing.Policy.Model;
using Routing.Policy.Translate;
using Routing.Policy.Translate.Calico;
using Routing.Policy.Translate.ClusterPolicies;

namespace Routing.Agent.Dataplane;

/// <summary>The table of what the packet filter is made from. Watches, manifests, live clusters and definitions for tests follow
/// it; a test compares it with the chart's role.</summary>
internal static class PolicyInputs
{
    private const string CalicoApi = $"{CalicoGroups.Api}/{CalicoGroups.ApiVersion}";
    private const string CalicoStore = $"{CalicoGroups.Store}/{CalicoGroups.StoreVersion}";

    public static PolicyInput<V1Node, NodeView> Nodes { get; } = new(one => Plain(NodeTranslator.Translate(one)))
    {
        Add = (cluster, one) => cluster with { Nodes = cluster.Nodes.SetItem(one.Name, one) },
        Replace = (policy, all) => policy.ReplaceNodes(all),
        Upsert = (policy, one) => policy.UpsertNode(one),
        Remove = (policy, one) => policy.RemoveNode(one.Name),
        Known = (policy, one) => policy.FindNode(one.Name),
        Needs = ["metadata.labels", "status.addresses"],
    };

    public static PolicyInput<V1Namespace, NamespaceView> Namespaces { get; } =
        new(one => Plain(NamespaceTranslator.Translate(one)))
        {
            Add = (cluster, one) => cluster with { Namespaces = cluster.Namespaces.SetItem(one.Name, one) },
            Replace = (policy, all) => policy.ReplaceNamespaces(all),
            Upsert = (policy, one) => policy.UpsertNamespace(one),
            Remove = (policy, one) => policy.RemoveNamespace(one.Name),
            Known = (policy, one) => policy.FindNamespace(one.Name),
            Needs = ["metadata.labels"],
            Close = (_, known, _) => known, // one that is not known keeps its pods closed
        };

    public static PolicyInput<V1Pod, PodView> Pods { get; } = new(one => Plain(PodTranslator.Translate(one)))
    {
        Add = (cluster, one) => cluster with { Pods = cluster.Pods.SetItem(one.Name, one) },
        Replace = (policy, all) => policy.ReplacePods(all),
        Upsert = (policy, one) => policy.UpsertPod(one),
        Remove = (policy, one) => policy.RemovePod(one.Name),
        Known = (policy, one) => policy.FindPod(one.Name),
        Needs =
        [
            "metadata.labels", "metadata.annotations", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "spec.hostNetwork",
            "spec.containers", "spec.initContainers", "status.phase", "status.podIP", "status.podIPs",
        ],
        Close = UnreadableInput.Close,
    };

    public static PolicyInput<V1NetworkPolicy, PolicySpec> NetworkPolicies { get; } =
        Policies<V1NetworkPolicy>(PolicyKind.NetworkPolicy, NetworkPolicyTranslator.Translate);

    /// <summary>All of them.</summary>
    public static ImmutableArray<PolicyInput> All { get; } =
    [
        Nodes,
        Namespaces,
        Pods,
        NetworkPolicies,
        Policies<AdminNetworkPolicyResource>(
            PolicyKind.AdminNetworkPolicy, ClusterPolicyTranslator.Translate, Own<AdminNetworkPolicyResource>()),
        Policies<BaselineAdminNetworkPolicyResource>(
            PolicyKind.BaselineAdminNetworkPolicy, ClusterPolicyTranslator.Translate,
            Own<BaselineAdminNetworkPolicyResource>()),
        Policies<ClusterNetworkPolicyResource>(
            PolicyKind.ClusterNetworkPolicy, ClusterPolicyTranslator.Translate, Own<ClusterNetworkPolicyResource>()),
        Policies<CalicoNetworkPolicyResource>(
            PolicyKind.CalicoNetworkPolicy, CalicoPolicyTranslator.Translate, Calico<CalicoNetworkPolicyResource>()),
        Policies<CalicoGlobalNetworkPolicyResource>(
            PolicyKind.GlobalNetworkPolicy, CalicoPolicyTranslator.Translate, Calico<CalicoGlobalNetworkPolicyResource>()),
        Policies<CalicoStagedNetworkPolicyResource>(
            PolicyKind.StagedNetworkPolicy, CalicoPolicyTranslator.Translate, Calico<CalicoStagedNetworkPolicyResource>()),
        Policies<CalicoStagedGlobalNetworkPolicyResource>(
            PolicyKind.StagedGlobalNetworkPolicy, CalicoPolicyTranslator.Translate,
            Calico<CalicoStagedGlobalNetworkPolicyResource>()),
        Policies<CalicoStagedKubernetesNetworkPolicyResource>(
            PolicyKind.StagedKubernetesNetworkPolicy, CalicoPolicyTranslator.Translate,
            Calico<CalicoStagedKubernetesNetworkPolicyResource>()),
        new PolicyInput<CalicoTierResource, Tier>(
            TierTranslator.Translate, isPolicy: true, Calico<CalicoTierResource>())
        {
            Add = (cluster, one) => cluster with { Tiers = cluster.Tiers.SetItem(one.Name, one) },
            Replace = (policy, all) => policy.ReplaceTiers(all),
            Upsert = (policy, one) => policy.UpsertTier(one),
            Remove = (policy, one) => policy.RemoveTier(one.Name),
            Known = (policy, one) => policy.FindTier(one.Name),
        },
        NetworkSets<CalicoNetworkSetResource>(NetworkSetTranslator.Translate, areGlobal: false),
        NetworkSets<CalicoGlobalNetworkSetResource>(NetworkSetTranslator.Translate, areGlobal: true),
        new PolicyInput<CalicoHostEndpointResource, HostEndpointView>(
            HostEndpointTranslator.Translate, isPolicy: true, Calico<CalicoHostEndpointResource>())
        {
            Add = (cluster, one) => cluster with { HostEndpoints = cluster.HostEndpoints.SetItem(one.Name, one) },
            Replace = (policy, all) => policy.ReplaceHostEndpoints(all),
            Upsert = (policy, one) => policy.UpsertHostEndpoint(one),
            Remove = (policy, one) => policy.RemoveHostEndpoint(one.Name),
            Known = (policy, one) => policy.FindHostEndpoint(one.Name),
            Needs = ["metadata.labels", "spec"],
            Close = UnreadableInput.Close,
        },

        // Only Calico's policies look at accounts, and there can be many: where its kinds are not defined, none is asked for. Slices
        // say besides whose answers of DNS are believed, which cluster-wide policies have to know.
        new PolicyInput<V1ServiceAccount, ServiceAccountView>(
            one => Plain(ServiceAccountTranslator.Translate(one)), isPolicy: false, WithCalico<V1ServiceAccount>())
        {
            Add = (cluster, one) => cluster with { ServiceAccounts = cluster.ServiceAccounts.SetItem(one.Name, one) },
            Replace = (policy, all) => policy.ReplaceServiceAccounts(all),
            Upsert = (policy, one) => policy.UpsertServiceAccount(one),
            Remove = (policy, one) => policy.RemoveServiceAccount(one.Name),
            Known = (policy, one) => policy.FindServiceAccount(one.Name),
            Needs = ["metadata.labels"],
        },
        new PolicyInput<V1EndpointSlice, ServiceSliceView>(
            one => Plain(ServiceSliceTranslator.Translate(one)), isPolicy: false,
            [
                .. With<V1EndpointSlice>(Own<ClusterNetworkPolicyResource>()), .. With<V1EndpointSlice>(Own<AdminNetworkPolicyResource>()),
                .. WithCalico<V1EndpointSlice>(),
            ])
        {
            Add = (cluster, one) => cluster with { ServiceSlices = cluster.ServiceSlices.SetItem(one.Name, one) },
            Replace = (policy, all) => policy.ReplaceServiceSlices(all),
            Upsert = (policy, one) => policy.UpsertServiceSlice(one),
            Remove = (policy, one) => policy.RemoveServiceSlice(one.Name),
            Known = (policy, one) => policy.FindServiceSlice(one.Name),
            Needs = ["metadata.labels", "endpoints", "ports"],
        },
    ];

    /// <summary>The kind of an object; null when policy does not look at it.</summary>
    public static PolicyInput? Find(string apiVersion, string kind) =>
        All.FirstOrDefault(input => input.Reads(apiVersion, kind));

    private static PolicyInput<TResource, PolicySpec> Policies<TResource>(
        PolicyKind kind, Func<TResource, PolicySpec> translate, params ImmutableArray<ResourceSource> sources)
        where TResource : IKubernetesObject<V1ObjectMeta> => new(
            one => translate(one) is var policy ? new(policy, policy.Problems) : throw new System.Diagnostics.UnreachableException(),
            isPolicy: true, sources)
        {
            Add = (cluster, one) => cluster with { Policies = cluster.Policies.SetItem(one.Key, one) },
            Replace = (policy, all) => policy.ReplacePolicies(kind, all),
            Upsert = (policy, one) => policy.UpsertPolicy(one),
            Remove = (policy, one) => policy.RemovePolicy(one.Key),
            Known = (policy, one) => policy.FindPolicy(one.Key),
            Close = UnreadableInput.Close,
        };

    private static PolicyInput<TResource, NetworkSetView> NetworkSets<TResource>(
        Func<TResource, Translated<NetworkSetView>> translate, bool areGlobal)
        where TResource : IKubernetesObject<V1ObjectMeta> => new(translate, isPolicy: true, Calico<TResource>())
        {
            Add = (cluster, one) => cluster with { NetworkSets = cluster.NetworkSets.SetItem(one.Name, one) },
            Replace = (policy, all) => policy.ReplaceNetworkSets(all, areGlobal),
            Upsert = (policy, one) => policy.UpsertNetworkSet(one),
            Remove = (policy, one) => policy.RemoveNetworkSet(one.Name),
            Known = (policy, one) => policy.FindNetworkSet(one.Name),
            Needs = ["metadata.labels", "spec"],
            Close = UnreadableInput.Close,
        };

    private static Translated<T> Plain<T>(T value) => new(value, []);

    /// <summary>A kind that has its own definition, in the group of its class.</summary>
    private static ImmutableArray<ResourceSource> Own<TResource>() => [Defined(ResourceSource.Of(typeof(TResource)))];

    /// <summary>One store, never both: the definitions of <see cref="CalicoGroups.Api"/> where a cluster has them, else those that
    /// Calico's own API server keeps the same objects in. That server is not asked: it is gone with Calico. A cluster that is
    /// being moved from the latter to the former has both; then the new one counts when Calico calls it ready.</summary>
    private static ImmutableArray<ResourceSource> Calico<TResource>() =>
    [
        Defined(ResourceSource.Of(typeof(TResource), CalicoApi)) with { ReadyPath = $"apis/{CalicoApi}/clusterinformations/default" },
        Defined(ResourceSource.Of(typeof(TResource), CalicoStore)),
    ];

    private static ImmutableArray<ResourceSource> WithCalico<TResource>() => With<TResource>(Calico<CalicoNetworkPolicyResource>());

    /// <summary>A kind of Kubernetes' own that is asked for only where another is defined.</summary>
    private static ImmutableArray<ResourceSource> With<TResource>(ImmutableArray<ResourceSource> others) =>
        [.. others.Select(other => ResourceSource.Of(typeof(TResource), definition: other.Definition))];

    private static ResourceSource Defined(ResourceSource source) =>
        source with { Definition = $"{source.Plural}.{source.ApiVersion.Split('/')[0]}" };
}
