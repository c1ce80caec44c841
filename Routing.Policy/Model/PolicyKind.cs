namespace Routing.Policy.Model;

/// <summary>The kinds of object that become a <see cref="PolicySpec"/>.</summary>
public enum PolicyKind
{
    /// <summary>networking.k8s.io/v1 NetworkPolicy.</summary>
    NetworkPolicy,

    /// <summary>policy.networking.k8s.io/v1alpha1 AdminNetworkPolicy.</summary>
    AdminNetworkPolicy,

    /// <summary>policy.networking.k8s.io/v1alpha1 BaselineAdminNetworkPolicy.</summary>
    BaselineAdminNetworkPolicy,

    /// <summary>policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy.</summary>
    ClusterNetworkPolicy,

    /// <summary>projectcalico.org NetworkPolicy.</summary>
    CalicoNetworkPolicy,

    /// <summary>projectcalico.org GlobalNetworkPolicy.</summary>
    GlobalNetworkPolicy,

    /// <summary>projectcalico.org StagedNetworkPolicy.</summary>
    StagedNetworkPolicy,

    /// <summary>projectcalico.org StagedGlobalNetworkPolicy.</summary>
    StagedGlobalNetworkPolicy,

    /// <summary>projectcalico.org StagedKubernetesNetworkPolicy.</summary>
    StagedKubernetesNetworkPolicy,
}
