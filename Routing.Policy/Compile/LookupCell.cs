using Routing.Policy.Rules;

namespace Routing.Policy.Compile;

/// <summary>One element of a look-up without its peer.</summary>
/// <param name="Kind">Which look-up.</param>
/// <param name="Protocol">0 for a look-up without protocol.</param>
/// <param name="Ports">Likewise.</param>
/// <param name="Decision">What the stage says of it: its action says which set.</param>
internal readonly record struct LookupCell(LookupKind Kind, byte Protocol, PortRange Ports, Decision Decision)
{
    /// <summary>The look-up for a peer of an IP version; null for any peer.</summary>
    public Lookup Lookup(IpFamily? family) => new(Kind, Decision.Action, family);

    /// <summary>The element for a peer, which is a range of addresses, one address (equal ends), or any (zero).</summary>
    public SetElement Element(UInt128 low, UInt128 high) => new(low, high, Protocol, Ports.Low, Ports.High);

    /// <summary>True when an element of the peer's, or a piece of one, is of this cell.</summary>
    public bool Holds(in SetElement element) =>
        Protocol == element.Protocol && Ports.Low <= element.PortLow && element.PortHigh <= Ports.High;

    /// <summary>True when both make the same element of the same set.</summary>
    public bool IsSameElement(in LookupCell other) =>
        Kind == other.Kind && Protocol == other.Protocol && Ports == other.Ports
        && Decision.Action == other.Decision.Action;
}
