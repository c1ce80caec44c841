using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Capabilities;

/// <summary>A family in a <see cref="GracefulRestartCapability"/>.</summary>
/// <param name="Family">The family whose routes survive a restart.</param>
/// <param name="ForwardingPreserved">The F bit: the forwarding state stood through the last restart.</param>
internal readonly record struct GracefulRestartFamily(AfiSafi Family, bool ForwardingPreserved);
