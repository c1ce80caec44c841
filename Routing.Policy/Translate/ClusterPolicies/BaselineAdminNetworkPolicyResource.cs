using k8s.Models;

namespace Routing.Policy.Translate.ClusterPolicies;

/// <summary>v1alpha1: after NetworkPolicy; one object, called "default".</summary>
[KubernetesEntity(
    Group = Group, ApiVersion = "v1alpha1", Kind = "BaselineAdminNetworkPolicy", PluralName = "baselineadminnetworkpolicies")]
public sealed class BaselineAdminNetworkPolicyResource : ClusterPolicyResource;
