using Routing.Policy.Model;

namespace Routing.Agent.Flows;

/// <summary>An end of a flow.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Pod">The pod that has it; null for none.</param>
/// <param name="Node">The node that has it; null for none.</param>
internal sealed record FlowPeer(Address Address, NamespacedName? Pod = null, string? Node = null)
{
    /// <summary>The pod, the node, or the address.</summary>
    public override string ToString() => Pod?.ToString() ?? Node ?? Address.ToString();
}
