using k8s.Models;
using Routing.Agent.BgpConfig;

namespace Routing.Agent.KubeApi;

/// <summary>A BGPPeerGroup as it travels.</summary>
[KubernetesEntity(Group = "routing.dev", ApiVersion = "v1alpha1", Kind = BgpKinds.PeerGroup, PluralName = "bgppeergroups")]
internal sealed class BgpPeerGroupResource : CustomResource;
