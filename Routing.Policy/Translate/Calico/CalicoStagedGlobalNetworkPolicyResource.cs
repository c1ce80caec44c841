using k8s.Models;

namespace Routing.Policy.Translate.Calico;

/// <summary>What would become a policy of the cluster.</summary>
[KubernetesEntity(
    Group = CalicoGroups.Api, ApiVersion = CalicoGroups.ApiVersion, Kind = "StagedGlobalNetworkPolicy", PluralName = "stagedglobalnetworkpolicies")]
public sealed class CalicoStagedGlobalNetworkPolicyResource : CalicoResource<CalicoPolicySpec>;
