using System.Collections.Immutable;

namespace Routing.Agent.Lab.Report;

/// <summary>A pod.</summary>
/// <param name="Name">"namespace/name".</param>
/// <param name="Node">The node it is bound to; empty for none.</param>
/// <param name="Phase">Pending or Running.</param>
/// <param name="Addresses">Its addresses.</param>
/// <param name="Ports">What the lab serves in it, as "tcp/8080".</param>
public sealed record PodReport(
    string Name, string Node, string Phase, ImmutableArray<string> Addresses, ImmutableArray<string> Ports);
