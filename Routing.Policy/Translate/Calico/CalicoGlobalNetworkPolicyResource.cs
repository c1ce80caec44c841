using k8s.Models;

namespace Routing.Policy.Translate.Calico;

/// <summary>Policies of the cluster.</summary>
[KubernetesEntity(
    Group = CalicoGroups.Api, ApiVersion = CalicoGroups.ApiVersion, Kind = "GlobalNetworkPolicy", PluralName = "globalnetworkpolicies")]
public sealed class CalicoGlobalNetworkPolicyResource : CalicoResource<CalicoPolicySpec>;
