using System.Collections.Immutable;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Live;

/// <summary>What a node's kernel makes of a flow, beside what its policies say of it.</summary>
/// <param name="Node">The node that was looked at.</param>
/// <param name="Backend">Its packet filter back end.</param>
/// <param name="From">Who sends.</param>
/// <param name="To">Who receives.</param>
/// <param name="Families">Each IP version that both ends have; with host endpoints once for each interface by which it may go.</param>
internal sealed record LiveExplanation(
    string Node, string Backend, LiveEnd From, LiveEnd To, ImmutableArray<LiveFamily> Families)
{
    /// <summary>The kernel does what the policies say.</summary>
    public bool Agrees => Families.All(family => family.Agrees);
}

/// <summary>An end of a flow.</summary>
/// <param name="Name">As it was asked for.</param>
/// <param name="Place">Where it is.</param>
/// <param name="IsHere">It is a pod whose side of the policies is enforced on this node.</param>
/// <param name="IsNode">It is this node itself.</param>
internal sealed record LiveEnd(FlowEnd Name, EndPlace Place, bool IsHere, bool IsNode)
{
    /// <summary>It is behind one of the node's own interfaces.</summary>
    public bool IsElsewhere => !IsHere && !IsNode;
}

/// <summary>A flow over one IP version.</summary>
internal sealed record LiveFamily
{
    /// <summary>IPv4 or IPv6.</summary>
    public required IpFamily Family { get; init; }

    /// <summary>Source address.</summary>
    public required Address Source { get; init; }

    /// <summary>Destination address.</summary>
    public required Address Destination { get; init; }

    /// <summary>The node's interface by which it comes from elsewhere or goes there; null where that makes no difference.</summary>
    public string? Link { get; init; }

    /// <summary>What becomes of its first packet.</summary>
    public required KernelVerdict Verdict { get; init; }

    /// <summary>Its way through the rules.</summary>
    public required ImmutableArray<LiveStep> Steps { get; init; }

    /// <summary>What the policies say of the sides that are on this node; empty for none.</summary>
    public required ImmutableArray<Reason> Reasons { get; init; }

    /// <summary>A pod of this node has no rules yet: it is closed whatever the policies say.</summary>
    public bool IsClosed { get; init; }

    /// <summary>What lay on the packet's way and is not as wanted.</summary>
    public ImmutableArray<string> Differences { get; init; } = [];

    /// <summary>The policies let it pass.</summary>
    public bool IsAllowed => !IsClosed && !Reasons.Any(reason => reason.Denies);

    /// <summary>The kernel does what the policies say.</summary>
    public bool Agrees => Verdict == (IsAllowed ? KernelVerdict.Passes : KernelVerdict.Drops);
}

/// <summary>A rule that the packet meets, with whose rules stand behind the elements.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Lookups">Its look-ups.</param>
internal sealed record LiveStep(KernelStep Rule, ImmutableArray<LiveLookup> Lookups);

/// <summary>A look-up.</summary>
/// <param name="Lookup">In the kernel.</param>
/// <param name="Origin">The policy's rule for whose sake the element is there; null for none.</param>
internal sealed record LiveLookup(KernelLookup Lookup, RuleOrigin? Origin);
