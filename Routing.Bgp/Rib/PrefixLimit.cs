using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib;

/// <summary>How many prefixes of a family a neighbour may send (RFC 4271 §6.7).</summary>
/// <param name="Family">The family.</param>
/// <param name="Maximum">The most; with ADD-PATH every path counts.</param>
/// <param name="WarningPercent">Share of it, in percent, from which on there is a warning.</param>
/// <param name="AcceptedOnly">Only those that may be chosen count: what a filter rejects costs memory, but no limit.</param>
/// <param name="WarningOnly">More than the most is a warning too, and the session goes on.</param>
public sealed record PrefixLimit(
    AfiSafi Family, int Maximum, int WarningPercent = 75, bool AcceptedOnly = false, bool WarningOnly = false);
