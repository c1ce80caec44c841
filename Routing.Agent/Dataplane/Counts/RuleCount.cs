using Routing.Agent.Dataplane.Live;
using Routing.Policy.Compile;

namespace Routing.Agent.Dataplane.Counts;

/// <summary>What a rule of a policy, or a tier's end, has decided on this node.</summary>
/// <param name="Rule">Which.</param>
/// <param name="Count">Packets that began a connection, and their octets.</param>
internal sealed record RuleCount(CountSubject Rule, KernelCount Count);
