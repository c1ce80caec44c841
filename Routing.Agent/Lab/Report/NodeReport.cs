using System.Collections.Immutable;

namespace Routing.Agent.Lab.Report;

/// <summary>A node.</summary>
/// <param name="Name">Node object and namespace.</param>
/// <param name="Asn">AS number.</param>
/// <param name="Location">"latitude,longitude".</param>
/// <param name="Addresses">InternalIPs.</param>
/// <param name="PodCidrs">Pod CIDRs.</param>
/// <param name="AgentRestarts">How often its agent ended and was started again.</param>
public sealed record NodeReport(
    string Name, uint Asn, string Location, ImmutableArray<string> Addresses, ImmutableArray<string> PodCidrs, int AgentRestarts);
