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
    string? Interface = null)
{
    // What no sender of addresses can know: they cannot be made to lie in one place of a hash table.
    private static readonly ulong Odd = (ulong)Random.Shared.NextInt64() | 1, OtherOdd = (ulong)Random.Shared.NextInt64() | 1;

    /// <inheritdoc/>
    public bool Equals(SetElement other) =>
        AddressLow == other.AddressLow && AddressHigh == other.AddressHigh && Protocol == other.Protocol
        && PortLow == other.PortLow && PortHigh == other.PortHigh && Interface == other.Interface;

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        // The last address follows from the first in a set without overlaps, and so does the last port.
        var mixed = ((ulong)AddressLow ^ ((ulong)Protocol << 56) ^ ((ulong)PortLow << 40)) * Odd;
        mixed = (mixed ^ (mixed >> 32) ^ (ulong)(AddressLow >> 64)) * OtherOdd;
        return (int)(mixed >> 32) ^ (Interface is null ? 0 : Interface.GetHashCode(StringComparison.Ordinal));
    }
}
