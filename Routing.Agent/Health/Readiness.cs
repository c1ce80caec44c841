using System.Collections.Immutable;
using Routing.Agent.Cluster;

namespace Routing.Agent.Health;

/// <summary>Whether this agent does its work: the answer of /readyz and of `routing status`.</summary>
/// <remarks>A watch that is disconnected does not make an agent unready: rules and routes go on by what was last known,
/// and taking the pod out of service would help nobody. It shows in the status and in a metric.</remarks>
internal sealed class Readiness(NodeState node)
{
    /// <summary>Why not, a sentence each; empty when ready.</summary>
    public ImmutableArray<string> Reasons => [.. node.Reasons()];
}
