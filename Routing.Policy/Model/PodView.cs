namespace Routing.Policy.Model;

/// <summary>What policy needs to know of a pod.</summary>
public sealed record PodView
{
    /// <summary>Identity.</summary>
    public required NamespacedName Name { get; init; }

    /// <summary>Tells a pod from an earlier one of the same name; empty when not known.</summary>
    public string Uid { get; init; } = "";

    /// <summary>The node it is bound to; empty when it is not bound or not known.</summary>
    public string NodeName { get; init; } = "";

    /// <summary>Its labels.</summary>
    public LabelSet Labels { get; init; } = LabelSet.Empty;

    /// <summary>Whom it runs as, an account of its namespace; empty when not known.</summary>
    public string ServiceAccount { get; init; } = "";

    /// <summary>Its addresses, the primary one first; empty as long as it has none.</summary>
    public EquatableArray<Address> Addresses { get; init; }

    /// <summary>Its container ports that have names.</summary>
    public EquatableArray<NamedPort> NamedPorts { get; init; }

    /// <summary>When it was made, of two pods that show the same address; the beginning of time when not known.</summary>
    public DateTime Created { get; init; }

    /// <summary>True for a pod that has its addresses on this very node; never in what the API server shows.</summary>
    public bool IsAttached { get; init; }

    /// <summary>True for a pod in its node's network namespace: to policy its addresses are its node's, not a
    /// pod's.</summary>
    public bool HostNetwork { get; init; }

    /// <summary>True when all containers have ended for good; the addresses in its status may already be another
    /// pod's.</summary>
    public bool Finished { get; init; }

    /// <summary>True when policies can select the pod, as subject or as peer.</summary>
    public bool IsSelectable => !HostNetwork && !Finished;
}
