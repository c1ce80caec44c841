using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Capabilities;

/// <summary>A family in an <see cref="AddPathCapability"/>.</summary>
/// <param name="Family">The family whose NLRI may carry path identifiers.</param>
/// <param name="Mode">Which way.</param>
internal readonly record struct AddPathFamily(AfiSafi Family, AddPathMode Mode);
