using System.Runtime.InteropServices;
using System.Text;

namespace Routing.Policy.Rules;

/// <summary>One element of a <see cref="MatchSet"/>. Only the fields of the set's key count; the others stay default.</summary>
/// <remarks>A set may hold 100,000 of them, so it is flat: 56 octets without a reference, which the collector does not look into and
/// which are copied as they lie.</remarks>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SetElement
{
    // What no sender of addresses can know: they cannot be made to lie in one place of a hash table.
    private static readonly ulong Odd = (ulong)Random.Shared.NextInt64() | 1, OtherOdd = (ulong)Random.Shared.NextInt64() | 1;

    // Halves, since the whole would be aligned to 16 octets.
    private readonly ulong _lowUpper;
    private readonly ulong _lowLower;
    private readonly ulong _highUpper;
    private readonly ulong _highLower;
    private readonly ulong _nameUpper; // the interface's name as octets, zeros after it
    private readonly ulong _nameLower;

    /// <param name="AddressLow">First address; IPv4 in the low 32 bits.</param>
    /// <param name="AddressHigh">Last address, inclusive; equal to the first for one address.</param>
    /// <param name="Protocol">IANA protocol number.</param>
    /// <param name="PortLow">First port (destination, source) or ICMP message; a key has at most one of these fields.</param>
    /// <param name="PortHigh">Last one, inclusive.</param>
    /// <param name="Interface">Interface name, at most 15 octets.</param>
    public SetElement(
        UInt128 AddressLow = default, UInt128 AddressHigh = default, byte Protocol = 0, ushort PortLow = 0, ushort PortHigh = 0,
        string? Interface = null)
    {
        (_lowUpper, _lowLower) = Halves(AddressLow);
        (_highUpper, _highLower) = Halves(AddressHigh);
        (_nameUpper, _nameLower) = Octets(Interface);
        (this.Protocol, this.PortLow, this.PortHigh) = (Protocol, PortLow, PortHigh);
    }

    /// <summary>First address; IPv4 in the low 32 bits.</summary>
    public UInt128 AddressLow
    {
        get => new(_lowUpper, _lowLower);
        init => (_lowUpper, _lowLower) = Halves(value);
    }

    /// <summary>Last address, inclusive; equal to the first for one address.</summary>
    public UInt128 AddressHigh
    {
        get => new(_highUpper, _highLower);
        init => (_highUpper, _highLower) = Halves(value);
    }

    /// <summary>IANA protocol number.</summary>
    public byte Protocol { get; init; }

    /// <summary>First port (destination, source) or ICMP message; a key has at most one of these fields.</summary>
    public ushort PortLow { get; init; }

    /// <summary>Last one, inclusive.</summary>
    public ushort PortHigh { get; init; }

    /// <summary>Interface name; null for none. Made anew for each who asks.</summary>
    public string? Interface
    {
        get
        {
            if (_nameUpper == 0)
            {
                return null;
            }

            Span<byte> octets = stackalloc byte[16];
            MemoryMarshal.Write(octets, _nameUpper);
            MemoryMarshal.Write(octets[8..], _nameLower);
            return Encoding.UTF8.GetString(octets.TrimEnd((byte)0));
        }

        init => (_nameUpper, _nameLower) = Octets(value);
    }

    /// <summary>True when something is in both.</summary>
    public bool Overlaps(in SetElement other) =>
        AddressLow <= other.AddressHigh && other.AddressLow <= AddressHigh
        && PortLow <= other.PortHigh && other.PortLow <= PortHigh
        && Protocol == other.Protocol && _nameUpper == other._nameUpper && _nameLower == other._nameLower;

    /// <inheritdoc/>
    public bool Equals(SetElement other) =>
        _lowLower == other._lowLower && _lowUpper == other._lowUpper && _highLower == other._highLower && _highUpper == other._highUpper
        && Protocol == other.Protocol && PortLow == other.PortLow && PortHigh == other.PortHigh
        && _nameUpper == other._nameUpper && _nameLower == other._nameLower;

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        // The last address follows from the first in a set without overlaps, and so does the last port.
        var mixed = (_lowLower ^ _nameUpper ^ ((ulong)Protocol << 56) ^ ((ulong)PortLow << 40)) * Odd;
        mixed = (mixed ^ (mixed >> 32) ^ _lowUpper ^ _nameLower) * OtherOdd;
        return (int)(mixed >> 32);
    }

    private static (ulong Upper, ulong Lower) Halves(UInt128 value) => ((ulong)(value >> 64), (ulong)value);

    private static (ulong Upper, ulong Lower) Octets(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return default;
        }

        Span<byte> octets = stackalloc byte[16];
        octets.Clear();
        return Encoding.UTF8.TryGetBytes(name, octets[..15], out _)
            ? (MemoryMarshal.Read<ulong>(octets), MemoryMarshal.Read<ulong>(octets[8..]))
            : throw new ArgumentException($"'{name}' is no interface's name: it may have 15 octets", nameof(name));
    }
}
