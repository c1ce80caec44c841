using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Agent.Flows;

/// <summary>Which flows somebody wants to see; what is null is not asked for.</summary>
internal sealed record FlowFilter
{
    /// <summary>What became of the packets.</summary>
    public ReportedVerdict? Verdict { get; init; }

    /// <summary>One of the ends.</summary>
    public NamespacedName? Pod { get; init; }

    /// <summary>The namespace of one of the ends.</summary>
    public string? Namespace { get; init; }

    /// <summary>A policy that decided or would have, as <see cref="PolicyKey.IsCalled"/> has it.</summary>
    public string? Policy { get; init; }

    /// <summary>True for a flow that is wanted. What staged policies would deny counts as denied, too.</summary>
    public bool Matches(FlowRecord flow) =>
        (Verdict is null || Verdict == flow.Verdict || Verdict == flow.Staged)
        && (Pod is null || Pod == flow.From.Pod || Pod == flow.To.Pod)
        && (Namespace is null || Namespace == flow.From.Pod?.Namespace || Namespace == flow.To.Pod?.Namespace)
        && (Policy is null || flow.Rules.Concat(flow.StagedRules).Any(rule => rule.Policy.IsCalled(Policy)));
}
