using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Capabilities;

/// <summary>A family in a <see cref="LongLivedRestartCapability"/>.</summary>
/// <param name="Family">The family whose routes may be kept for long.</param>
/// <param name="ForwardingPreserved">The F bit: the forwarding state stood through the last restart.</param>
/// <param name="StaleTimeSeconds">How long, 24 bits.</param>
internal readonly record struct LongLivedFamily(AfiSafi Family, bool ForwardingPreserved, int StaleTimeSeconds);
