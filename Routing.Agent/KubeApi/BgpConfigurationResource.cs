using k8s.Models;
using Routing.Agent.BgpConfig;

namespace Routing.Agent.KubeApi;

/// <summary>A BGPConfiguration as it travels.</summary>
[KubernetesEntity(
    Group = "routing.dev", ApiVersion = "v1alpha1", Kind = BgpKinds.Configuration, PluralName = "bgpconfigurations")]
internal sealed class BgpConfigurationResource : CustomResource;
