using Routing.Agent.Lab.Traffic;

namespace Routing.Agent.Lab.Report;

/// <summary>One probed flow.</summary>
/// <param name="From">Pod, node or ToR.</param>
/// <param name="To">Pod or node.</param>
/// <param name="Protocol">TCP or UDP.</param>
/// <param name="Port">Destination port.</param>
/// <param name="Family">IPv4 or IPv6.</param>
/// <param name="Expected">Whether policy allows it.</param>
/// <param name="Observed">What the packets did.</param>
public sealed record FlowReport(
    string From, string To, string Protocol, int Port, string Family, bool Expected, ProbeOutcome Observed)
{
    /// <summary>An allowed flow must be answered; a forbidden one must meet silence, and not, say, a missing route.</summary>
    public bool Agrees => Observed == (Expected ? ProbeOutcome.Answered : ProbeOutcome.Silent);

    /// <summary>For a list of what went wrong.</summary>
    public override string ToString() =>
        $"{From} -> {To} {Protocol.ToLowerInvariant()}/{Port} {Family}: policy says {(Expected ? "allow" : "deny")}, packets say {Observed}";
}
