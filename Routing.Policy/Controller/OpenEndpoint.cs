using Routing.Policy.Compile;
using Routing.Policy.Model;

namespace Routing.Policy.Controller;

/// <summary>A local pod's interface that the ruleset dispatches to, and where.</summary>
/// <param name="Endpoint">The interface, its pod and its addresses.</param>
/// <param name="Ingress">What may reach the pod; null when no policy isolates it.</param>
/// <param name="Egress">What the pod may reach; null when no policy isolates it.</param>
internal sealed record OpenEndpoint(LocalEndpoint Endpoint, Profile? Ingress, Profile? Egress);
