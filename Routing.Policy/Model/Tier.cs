namespace Routing.Policy.Model;

/// <summary>A group of policies that is asked as a whole. Tiers are asked in order; the first that decides wins, and a
/// flow that none decides is allowed.</summary>
/// <param name="Order">Smaller is asked first; equal ones in order of their names. Infinite for one that says
/// none.</param>
/// <param name="Name">For reasons and comments.</param>
/// <param name="Isolates">True when a pod that a policy of the tier selects is denied what no rule of the tier matches
/// (isolation); false when the next tier is asked then.</param>
public sealed record Tier(double Order, string Name, bool Isolates) : IComparable<Tier>
{
    /// <summary>Kubernetes' NetworkPolicy, whose rules are a union, and Calico's policies of the default tier around it by
    /// their orders.</summary>
    public static Tier Default { get; } = new(1_000_000, "default", Isolates: true);

    /// <summary>Cluster-wide policies that go before what namespaces say (KEP-2091).</summary>
    public static Tier Admin { get; } = new(1000, "kube-admin", Isolates: false);

    /// <summary>Cluster-wide policies for pods of which nothing before says anything.</summary>
    public static Tier Baseline { get; } = new(10_000_000, "kube-baseline", Isolates: false);

    /// <summary>The tier that every cluster has under this name; null when there is none.</summary>
    public static Tier? BuiltIn(string name) =>
        name == Default.Name ? Default : name == Admin.Name ? Admin : name == Baseline.Name ? Baseline : null;

    /// <summary>A tier of which only the name is known: after all others, and what its policies do not match is
    /// denied.</summary>
    public static Tier Unknown(string name) => new(double.PositiveInfinity, name, Isolates: true);

    /// <inheritdoc/>
    public int CompareTo(Tier? other)
    {
        var byOrder = Order.CompareTo(other?.Order ?? double.NegativeInfinity);
        return byOrder != 0 ? byOrder : string.CompareOrdinal(Name, other?.Name);
    }
}
