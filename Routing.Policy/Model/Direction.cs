namespace Routing.Policy.Model;

/// <summary>A pod's side of a connection.</summary>
public enum Direction
{
    /// <summary>Connections to the pod.</summary>
    Ingress,

    /// <summary>Connections the pod opens.</summary>
    Egress,
}
