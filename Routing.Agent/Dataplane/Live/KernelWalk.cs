using System.Collections.Immutable;

namespace Routing.Agent.Dataplane.Live;

/// <summary>A packet's way through the rules in the kernel.</summary>
/// <param name="Verdict">What becomes of it.</param>
/// <param name="Steps">The rules that say something of it, and the look-ups that have it not, in order.</param>
/// <param name="Differences">What lay on its way and is not as wanted, sets aside: chains and their rules.</param>
public sealed record KernelWalk(
    KernelVerdict Verdict, ImmutableArray<KernelStep> Steps, ImmutableArray<string> Differences);

/// <summary>What becomes of a packet.</summary>
public enum KernelVerdict
{
    /// <summary>It passes all of our rules.</summary>
    Passes,

    /// <summary>It is dropped.</summary>
    Drops,

    /// <summary>A rule on its way that is not ours asks what cannot be told from the packet.</summary>
    Unknown,
}
