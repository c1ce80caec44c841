using k8s.Models;

namespace Routing.Policy.Translate.ClusterPolicies;

/// <summary>v1alpha1: before NetworkPolicy.</summary>
[KubernetesEntity(Group = Group, ApiVersion = "v1alpha1", Kind = "AdminNetworkPolicy", PluralName = "adminnetworkpolicies")]
public sealed class AdminNetworkPolicyResource : ClusterPolicyResource;
