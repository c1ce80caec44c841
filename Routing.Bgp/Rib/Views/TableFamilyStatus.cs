using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib.Views;

/// <summary>How much the RIB holds of one family.</summary>
/// <param name="Family">The family.</param>
/// <param name="Prefixes">Prefixes.</param>
/// <param name="Originated">Those we originate.</param>
/// <param name="HasConverged">False while a start waits for End-of-RIB: nothing is told to neighbours or sinks yet
/// (RFC 4724 §4.1).</param>
public sealed record TableFamilyStatus(AfiSafi Family, int Prefixes, int Originated, bool HasConverged);
