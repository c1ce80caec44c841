using k8s.Models;

namespace Routing.Policy.Translate.Calico;

/// <summary>What would become a NetworkPolicy of Kubernetes' own.</summary>
[KubernetesEntity(
    Group = CalicoGroups.Api, ApiVersion = CalicoGroups.ApiVersion, Kind = "StagedKubernetesNetworkPolicy", PluralName = "stagedkubernetesnetworkpolicies")]
public sealed class CalicoStagedKubernetesNetworkPolicyResource : CalicoResource<StagedKubernetesSpec>;
