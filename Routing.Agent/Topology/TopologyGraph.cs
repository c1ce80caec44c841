using System.Collections.Immutable;

namespace Routing.Agent.Topology;

/// <summary>Nodes, the routers they speak BGP with, and the sessions between them.</summary>
/// <param name="Sites">Nodes and routers, in order of their names.</param>
/// <param name="Sessions">In order of node and name.</param>
internal sealed record TopologyGraph(ImmutableArray<TopologySite> Sites, ImmutableArray<TopologySession> Sessions);
