using k8s.Models;

namespace Routing.Policy.Translate.Calico;

/// <summary>Policies of a namespace.</summary>
[KubernetesEntity(
    Group = CalicoGroups.Api, ApiVersion = CalicoGroups.ApiVersion, Kind = "NetworkPolicy", PluralName = "networkpolicies")]
public sealed class CalicoNetworkPolicyResource : CalicoResource<CalicoPolicySpec>;
