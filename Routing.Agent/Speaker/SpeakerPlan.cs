using System.Collections.Immutable;
using Routing.Bgp.Speaker;

namespace Routing.Agent.Speaker;

/// <summary>What the BGP objects of the cluster mean for one node.</summary>
/// <param name="Config">The speaker's configuration; null when there can be none.</param>
/// <param name="Problems">What is wrong with the objects, a sentence each.</param>
internal sealed record SpeakerPlan(SpeakerConfig? Config, ImmutableArray<string> Problems);
