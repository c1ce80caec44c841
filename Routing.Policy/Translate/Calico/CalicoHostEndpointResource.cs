using k8s.Models;

namespace Routing.Policy.Translate.Calico;

/// <summary>Interfaces of nodes.</summary>
[KubernetesEntity(
    Group = CalicoGroups.Api, ApiVersion = CalicoGroups.ApiVersion, Kind = "HostEndpoint", PluralName = "hostendpoints")]
public sealed class CalicoHostEndpointResource : CalicoResource<HostEndpointSpec>;
