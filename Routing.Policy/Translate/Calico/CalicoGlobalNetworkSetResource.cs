using k8s.Models;

namespace Routing.Policy.Translate.Calico;

/// <summary>Addresses with labels.</summary>
[KubernetesEntity(
    Group = CalicoGroups.Api, ApiVersion = CalicoGroups.ApiVersion, Kind = "GlobalNetworkSet", PluralName = "globalnetworksets")]
public sealed class CalicoGlobalNetworkSetResource : CalicoResource<NetworkSetSpec>;
