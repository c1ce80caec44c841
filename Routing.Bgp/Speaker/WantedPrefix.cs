using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Speaker;

/// <summary>What a neighbour is told about routes we want or do not want (RFC 5292 §2); the first entry that matches a route
/// decides, and what none matches is not wanted.</summary>
/// <param name="Wanted">Routes that match are wanted.</param>
/// <param name="Prefix">What covers them; without lengths the very prefix.</param>
/// <param name="MinLength">Least prefix length; 0 for none.</param>
/// <param name="MaxLength">Greatest prefix length; 0 for none.</param>
public readonly record struct WantedPrefix(bool Wanted, Prefix Prefix, int MinLength = 0, int MaxLength = 0);
