namespace Routing.Policy.Rules;

/// <summary>One element of a <see cref="MatchSet"/>. Only the fields of the set's key count; the others stay default.
/// A flat struct, because a set may hold 100,000 of them.</summary>
/// <param name="AddressLow">First address; IPv4 in the low 32 bits.</param>
/// <param name="AddressHigh">Last address, inclusive; equal to the first for one address.</param>
/// <param name="Protocol">IANA protocol number.</param>
/// <param name="PortLow">First port (destination, source) or ICMP message; a key has at most one of these fields.</param>
/// <param name="PortHigh">Last one, inclusive.</param>
/// <param name="Interface">Interface name.</param>
public readonly record struct SetElement(
    UInt128 AddressLow = default,
    UInt128 AddressHigh = default,
    byte Protocol = 0,
    ushort PortLow = 0,
    ushort PortHigh = 0,
    string? Interface = null);
