using Routing.Agent.Flows;
using Routing.Policy.Rules;

namespace Routing.Agent.Metrics;

/// <summary>Counters of reported packets. Labels are directions, verdicts and policies, never addresses or pods; policies are
/// bounded, and those that came too late count as "other".</summary>
internal sealed class FlowMetrics
{
    /// <summary>Policies that get a series of their own.</summary>
    public const int PolicyLimit = 1000;

    private const string None = "none", Other = "other";

    private readonly HashSet<string> _policies = new(StringComparer.Ordinal);
    private readonly AgentMetrics _metrics;

    public FlowMetrics(AgentMetrics metrics) => _metrics = metrics;

    /// <summary>Counts a flow's packets, for the first of the policies that decided.</summary>
    public void OnFlow(FlowRecord flow)
    {
        var direction = flow.Direction.ToString().ToLowerInvariant();
        _metrics.OnPacketsReported(
            flow.Packets, direction, NameOf(flow.Verdict),
            flow.Rules is [var rule, ..] ? Label(rule) : None);
        if (flow.Staged is { } staged)
        {
            _metrics.OnPacketsStaged(
                flow.Packets, direction, NameOf(staged), flow.StagedRules is [var stagedRule, ..] ? Label(stagedRule) : None);
        }
    }

    private string Label(FlowRule rule)
    {
        var name = rule.Policy.ToString();
        return _policies.Contains(name) || (_policies.Count < PolicyLimit && _policies.Add(name)) ? name : Other;
    }

    private static string NameOf(ReportedVerdict verdict) => verdict.ToString().ToLowerInvariant();
}
