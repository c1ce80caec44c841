using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Capabilities;

/// <summary>A family in an <see cref="OutboundFilterCapability"/>, as far as prefixes go.</summary>
/// <param name="Family">The family whose routes may be filtered.</param>
/// <param name="Mode">Which way filters on prefixes may go.</param>
internal readonly record struct OrfFamily(AfiSafi Family, OrfMode Mode);
