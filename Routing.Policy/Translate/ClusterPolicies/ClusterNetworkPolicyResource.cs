using k8s.Models;

namespace Routing.Policy.Translate.ClusterPolicies;

/// <summary>v1alpha2: tiers Admin and Baseline in one kind.</summary>
[KubernetesEntity(
    Group = Group, ApiVersion = "v1alpha2", Kind = "ClusterNetworkPolicy", PluralName = "clusternetworkpolicies")]
public sealed class ClusterNetworkPolicyResource : ClusterPolicyResource;
