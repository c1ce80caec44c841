using Routing.Policy.Rules;

namespace Routing.Policy.Render.Iptables;

/// <summary>One of the look-ups that a <see cref="MatchSet"/> comes to: an ipset holds addresses with single ports, or
/// blocks with single ports, or ports of one protocol, and a range of ports is none of these.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Protocol">IANA number, for <see cref="IpsetPartKind.Range"/>.</param>
/// <param name="Low">First port, likewise.</param>
/// <param name="High">Last port, inclusive.</param>
public readonly record struct IpsetPart(IpsetPartKind Kind, byte Protocol = 0, ushort Low = 0, ushort High = 0);
