using Routing.Policy.Model;

namespace Routing.Policy.Reference;

/// <summary>The beginning of a connection, or a datagram.</summary>
/// <param name="From">Who sends it.</param>
/// <param name="To">To whom; with a Service, the pod behind it (policy sees packets after translation).</param>
/// <param name="Protocol">Its protocol.</param>
/// <param name="Port">The destination's port.</param>
public sealed record Flow(FlowEnd From, FlowEnd To, TransportProtocol Protocol, ushort Port);
