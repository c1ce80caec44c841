using k8s.Models;

namespace Routing.Policy.Translate.Calico;

/// <summary>Addresses with labels, in a namespace.</summary>
[KubernetesEntity(
    Group = CalicoGroups.Api, ApiVersion = CalicoGroups.ApiVersion, Kind = "NetworkSet", PluralName = "networksets")]
public sealed class CalicoNetworkSetResource : CalicoResource<NetworkSetSpec>;
