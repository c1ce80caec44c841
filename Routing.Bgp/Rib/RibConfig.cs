using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Tables;

namespace Routing.Bgp.Rib;

/// <summary>What the RIB as a whole is told.</summary>
/// <param name="Own">Ourselves.</param>
/// <param name="Restarting">Selection is deferred until the peers' End-of-RIB (RFC 4724 §4.1).</param>
/// <param name="Multipath">Equal paths for the sinks; null for the best one alone.</param>
internal sealed record RibConfig(SpeakerIdentity Own, bool Restarting = false, MultipathRules? Multipath = null)
{
    /// <summary>For the age of paths.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
