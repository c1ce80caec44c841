using System.Collections.Immutable;
using Routing.Bgp.Wire.Iana;

namespace Routing.Agent.Dataplane.Fib;

/// <summary>A snapshot of the FIB for status, health and metrics.</summary>
/// <param name="Installed">Routes of ours in the kernel.</param>
/// <param name="Pending">Routes that are not as they should be.</param>
/// <param name="Converged">Families whose stale routes are gone.</param>
/// <param name="LastError">The refusal that keeps routes pending, or null.</param>
internal sealed record FibStatus(int Installed, int Pending, ImmutableArray<AfiSafi> Converged, string? LastError);
