using System.Collections.Immutable;
using Routing.Agent.Netlink.Netfilter;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Agent.Flows;

/// <summary>What was reported of one flow in one window.</summary>
internal sealed record FlowRecord
{
    /// <summary>When its first packet of the window came.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Whose policies.</summary>
    public required Direction Direction { get; init; }

    /// <summary>What became of the packets.</summary>
    public required ReportedVerdict Verdict { get; init; }

    /// <summary>Who sent them.</summary>
    public required FlowPeer From { get; init; }

    /// <summary>To whom.</summary>
    public required FlowPeer To { get; init; }

    /// <summary>Addresses, protocol and the destination's port or the ICMP type.</summary>
    public required PacketHeader Header { get; init; }

    /// <summary>Packets reported; there may have been more than the limit lets through.</summary>
    public required long Packets { get; init; }

    /// <summary>Why.</summary>
    public FlowReason Reason { get; init; }

    /// <summary>Who decided; empty when no policy did.</summary>
    public ImmutableArray<FlowRule> Rules { get; init; } = [];

    /// <summary>What it would have been with the staged policies enforced, where that is something else; else null.</summary>
    public ReportedVerdict? Staged { get; init; }

    /// <summary>The staged policies that would have decided so.</summary>
    public ImmutableArray<FlowRule> StagedRules { get; init; } = [];

    /// <summary>The end that the policies are about.</summary>
    public FlowPeer Subject => Direction == Direction.Ingress ? To : From;
}
