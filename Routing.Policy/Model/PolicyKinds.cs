namespace Routing.Policy.Model;

/// <summary>What one kind of policy means to another.</summary>
public static class PolicyKinds
{
    /// <summary>The kind that a staged kind stages; any other kind itself.</summary>
    public static PolicyKind Enforced(this PolicyKind kind) => kind switch
    {
        PolicyKind.StagedNetworkPolicy => PolicyKind.CalicoNetworkPolicy,
        PolicyKind.StagedGlobalNetworkPolicy => PolicyKind.GlobalNetworkPolicy,
        PolicyKind.StagedKubernetesNetworkPolicy => PolicyKind.NetworkPolicy,
        _ => kind,
    };

    /// <summary>The policy that a staged one stands in place of; of any other policy itself.</summary>
    public static PolicyKey Enforced(this PolicyKey policy) => policy with { Kind = policy.Kind.Enforced() };
}
