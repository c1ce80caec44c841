using System.Net;
using System.Net.Sockets;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Nlri;

/// <summary>An IP prefix as a table key: integers only, so that a route costs no object.</summary>
/// <remarks>IPv4 addresses lie in the low 32 bits of <see cref="Address"/>. Bits past <see cref="Length"/> are zero:
/// <see cref="Create"/> clears them, as RFC 4271 §4.3 says that trailing bits are irrelevant.</remarks>
public readonly record struct Prefix : IComparable<Prefix>
{
    private Prefix(AfiSafi family, AddressBits bits, byte length) => (Family, Bits, Length) = (family, bits, length);

    /// <summary>The address as an integer, most significant octet first.</summary>
    public UInt128 Address => Bits;

    /// <summary>The same in two halves.</summary>
    internal AddressBits Bits { get; }

    /// <summary>The family that gives <see cref="Address"/> its width.</summary>
    public AfiSafi Family { get; }

    /// <summary>Leading bits that count: 0 to 32 for IPv4, 0 to 128 for IPv6.</summary>
    public byte Length { get; }

    /// <summary>Bits in an address of this prefix's family.</summary>
    public int Width => WidthOf(Family);

    /// <summary>A prefix with its host bits cleared.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is larger than the family's width.</exception>
    public static Prefix Create(AfiSafi family, UInt128 address, int length)
    {
        var width = WidthOf(family);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)width, nameof(length));
        var hostBits = width - length;
        var network = hostBits == 128 ? UInt128.Zero : address >> hostBits << hostBits;
        return new Prefix(family, network, (byte)length);
    }

    /// <summary><see cref="Create"/> for IPv4, without arithmetic of 128 bits.</summary>
    internal static Prefix CreateIPv4(uint address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, 32u, nameof(length));
        var network = (uint)((ulong)address >> (32 - length) << (32 - length));
        return new Prefix(AfiSafi.IPv4Unicast, new AddressBits(0, network), (byte)length);
    }

    /// <summary><see cref="Create"/> for IPv6, likewise.</summary>
    internal static Prefix CreateIPv6(AddressBits address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, 128u, nameof(length));
        var (high, low) = length >= 64
            ? (address.High, Cut(address.Low, length - 64))
            : (Cut(address.High, length), 0);
        return new Prefix(AfiSafi.IPv6Unicast, new AddressBits(high, low), (byte)length);

        static ulong Cut(ulong bits, int length) => length == 0 ? 0 : bits >> (64 - length) << (64 - length);
    }

    /// <summary>The prefix of a .NET network value.</summary>
    public static Prefix FromNetwork(IPNetwork network) =>
        Create(FamilyOf(network.BaseAddress), ToInteger(network.BaseAddress), network.PrefixLength);

    /// <summary>Reads "10.0.0.0/8" or "2001:db8::/32"; host bits must be zero, so that a typing error is
    /// noticed.</summary>
    public static bool TryParse(string? text, out Prefix prefix)
    {
        // IPNetwork masks host bits away since .NET 10, so the address is read on its own and compared.
        if (text is not null && IPNetwork.TryParse(text, out var network)
            && IPAddress.TryParse(text.AsSpan(0, text.IndexOf('/', StringComparison.Ordinal)), out var address)
            && network.BaseAddress.Equals(address))
        {
            prefix = FromNetwork(network);
            return true;
        }

        prefix = default;
        return false;
    }

    /// <summary>As <see cref="TryParse"/>, for text that must be right.</summary>
    /// <exception cref="FormatException">It is not a prefix, or has host bits.</exception>
    public static Prefix Parse(string text) => TryParse(text, out var prefix)
        ? prefix
        : throw new FormatException($"'{text}' is not a prefix such as 10.0.0.0/8 or 2001:db8::/32 without host bits.");

    /// <summary>True when <paramref name="other"/> is this prefix or lies inside it.</summary>
    public bool Contains(Prefix other) =>
        Family == other.Family && other.Length >= Length && Create(Family, other.Address, Length).Address == Address;

    /// <summary>The address of a family as an integer.</summary>
    public static UInt128 ToInteger(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out var written);
        var value = UInt128.Zero;
        foreach (var octet in octets[..written])
        {
            value = (value << 8) | octet;
        }

        return value;
    }

    /// <summary>The integer of a family as an address; of IPv4 it may also be an IPv6 next hop (RFC 8950), which never fits
    /// into 32 bits.</summary>
    public static IPAddress ToAddress(AfiSafi family, UInt128 value)
    {
        Span<byte> octets = stackalloc byte[value > uint.MaxValue ? 16 : WidthOf(family) / 8];
        for (var i = octets.Length - 1; i >= 0; i--)
        {
            octets[i] = (byte)value;
            value >>= 8;
        }

        return new IPAddress(octets);
    }

    /// <summary>The unicast family of an address.</summary>
    public static AfiSafi FamilyOf(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork ? AfiSafi.IPv4Unicast : AfiSafi.IPv6Unicast;

    /// <summary>The same prefix for .NET's own APIs.</summary>
    public IPNetwork ToNetwork() => new(ToAddress(Family, Address), Length);

    /// <inheritdoc/>
    public int CompareTo(Prefix other)
    {
        var byFamily = ((int)Family).CompareTo((int)other.Family);
        if (byFamily != 0)
        {
            return byFamily;
        }

        var byAddress = Address.CompareTo(other.Address);
        return byAddress != 0 ? byAddress : Length.CompareTo(other.Length);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{ToAddress(Family, Address)}/{Length}";

    private static int WidthOf(AfiSafi family) => family == AfiSafi.IPv4Unicast ? 32 : 128;
}
