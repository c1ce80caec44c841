using System.Collections.Immutable;

namespace Routing.Bgp.Speaker.Drain;

/// <summary>A look at a drain.</summary>
/// <param name="Stage">How far it is; the three last ones end the wait.</param>
/// <param name="Elapsed">Since it began.</param>
/// <param name="Peers">The neighbours.</param>
/// <param name="HasShutDown">The sessions have been shut down: the last look.</param>
public sealed record DrainProgress(
    DrainStage Stage, TimeSpan Elapsed, ImmutableArray<PeerDrainStatus> Peers, bool HasShutDown);
