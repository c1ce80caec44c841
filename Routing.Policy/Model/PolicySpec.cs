namespace Routing.Policy.Model;

/// <summary>A policy of any kind, translated.</summary>
public sealed record PolicySpec
{
    /// <summary>Identity.</summary>
    public required PolicyKey Key { get; init; }

    /// <summary>The tier it belongs to.</summary>
    public Tier Tier { get; init; } = Tier.Default;

    /// <summary>Its place in the tier: smaller is asked first, and equal ones in order of their keys.</summary>
    public double Order { get; init; }

    /// <summary>The pods it is about; null when that could not be read, and then it is about none.</summary>
    public required PodSelection? Subject { get; init; }

    /// <summary>What may reach these pods; null when it does not say.</summary>
    public required RuleSet? Ingress { get; init; }

    /// <summary>What these pods may reach; null when it does not say.</summary>
    public required RuleSet? Egress { get; init; }

    /// <summary>True for a policy that is shown and judged, and never enforced: what it would do is asked of
    /// <see cref="ClusterView.WithStaged"/>.</summary>
    public bool IsStaged { get; init; }

    /// <summary>True for a staged policy that stands for taking away the enforced one it is named after.</summary>
    public bool IsStagedDeletion { get; init; }

    /// <summary>True for what stands in the place of a policy that could never be read.</summary>
    public bool IsStandIn { get; init; }

    /// <summary>Of host endpoints: what it says goes before connection tracking.</summary>
    public bool DoNotTrack { get; init; }

    /// <summary>Of host endpoints: what it says goes before destination addresses are translated.</summary>
    public bool PreDnat { get; init; }

    /// <summary>Of host endpoints: what it says goes for forwarded packets too, not only for the host's own.</summary>
    public bool ApplyOnForward { get; init; }

    /// <summary>What is wrong with the object. The rules above leave out what could not be read, so that they allow
    /// less than was asked, never more.</summary>
    public EquatableArray<Problem> Problems { get; init; }

    /// <summary>True when its rules of a direction are asked in a layer of host endpoints. What a preDNAT policy says of egress, which
    /// it must not, is taken as said of packets like any other policy's.</summary>
    public bool IsOf(HostLayer layer, Direction direction) => layer switch
    {
        HostLayer.Untracked => DoNotTrack,
        HostLayer.PreDnat => PreDnat && direction == Direction.Ingress,
        HostLayer.Forward => ApplyOnForward && IsOf(HostLayer.Local, direction),
        _ => !DoNotTrack && !(PreDnat && direction == Direction.Ingress),
    };

    /// <summary>The rules of a direction.</summary>
    public RuleSet? Rules(Direction direction) => direction == Direction.Ingress ? Ingress : Egress;
}
