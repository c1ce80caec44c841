using k8s.Models;

namespace Routing.Policy.Translate.Calico;

/// <summary>Groups of policies.</summary>
[KubernetesEntity(
    Group = CalicoGroups.Api, ApiVersion = CalicoGroups.ApiVersion, Kind = "Tier", PluralName = "tiers")]
public sealed class CalicoTierResource : CalicoResource<TierSpec>;
