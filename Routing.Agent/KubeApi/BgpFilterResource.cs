using k8s.Models;
using Routing.Agent.BgpConfig;

namespace Routing.Agent.KubeApi;

/// <summary>A BGPFilter as it travels.</summary>
[KubernetesEntity(Group = "routing.dev", ApiVersion = "v1alpha1", Kind = BgpKinds.Filter, PluralName = "bgpfilters")]
internal sealed class BgpFilterResource : CustomResource;
