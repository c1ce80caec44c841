using System.Collections.Immutable;

namespace Routing.Agent.Lab.Report;

/// <summary>The ToR.</summary>
/// <param name="Software">routing, bird, frr or gobgp.</param>
/// <param name="Asn">AS number.</param>
/// <param name="Routes">The routes in its kernel that BGP brought.</param>
public sealed record TorReport(string Software, uint Asn, ImmutableArray<TorRoute> Routes);
