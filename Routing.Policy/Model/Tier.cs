namespace Routing.Policy.Model;

/// <summary>A group of policies that is asked as a whole. Tiers are asked in order; the first that decides wins, and a
/// flow that none decides is allowed.</summary>
/// <param name="Order">Smaller is asked first.</param>
/// <param name="Name">For reasons and comments.</param>
/// <param name="Isolates">True when a pod that a policy of the tier selects is denied what no rule of the tier matches
/// (isolation); false when the next tier is asked then.</param>
public sealed record Tier(int Order, string Name, bool Isolates)
{
    /// <summary>Kubernetes' NetworkPolicy: one tier in which the union of the rules is allowed and the rest is not. The
    /// order leaves room for tiers before it (Admin) and after it (Baseline).</summary>
    public static Tier NetworkPolicy { get; } = new(1000, "NetworkPolicy", Isolates: true);

    /// <summary>Cluster-wide policies that go before what namespaces say (KEP-2091).</summary>
    public static Tier Admin { get; } = new(100, "Admin", Isolates: false);

    /// <summary>Cluster-wide policies for pods of which nothing before says anything.</summary>
    public static Tier Baseline { get; } = new(2000, "Baseline", Isolates: false);
}
