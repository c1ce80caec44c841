using Routing.Policy.Model;

namespace Routing.Policy.Reference;

/// <summary>What a node knows of its own interfaces.</summary>
/// <param name="Node">The node.</param>
/// <param name="IsLocal">Its own addresses, also those that its Node object does not say.</param>
/// <param name="Endpoint">The host endpoint of the interface by which flows come from elsewhere, or go there; null for one that is
/// none.</param>
public sealed record HostLink(string Node, Func<Address, bool> IsLocal, HostEndpointView? Endpoint)
{
    /// <summary>No node's: of host endpoints nothing is asked.</summary>
    public static HostLink None { get; } = new("", _ => false, null);
}
