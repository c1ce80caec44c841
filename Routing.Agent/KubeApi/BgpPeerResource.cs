using k8s.Models;
using Routing.Agent.BgpConfig;

namespace Routing.Agent.KubeApi;

/// <summary>A BGPPeer as it travels.</summary>
[KubernetesEntity(Group = "routing.dev", ApiVersion = "v1alpha1", Kind = BgpKinds.Peer, PluralName = "bgppeers")]
internal sealed class BgpPeerResource : CustomResource;
