using k8s.Models;

namespace Routing.Policy.Translate.Calico;

/// <summary>What would become a policy of a namespace.</summary>
[KubernetesEntity(
    Group = CalicoGroups.Api, ApiVersion = CalicoGroups.ApiVersion, Kind = "StagedNetworkPolicy", PluralName = "stagednetworkpolicies")]
public sealed class CalicoStagedNetworkPolicyResource : CalicoResource<CalicoPolicySpec>;
