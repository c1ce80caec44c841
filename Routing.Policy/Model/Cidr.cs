using System.Globalization;
using Routing.Policy.Rules;

namespace Routing.Policy.Model;

/// <summary>A block of addresses. Host bits are zero.</summary>
public readonly record struct Cidr
{
    /// <summary>Clears the host bits.</summary>
    public Cidr(Address address, int length)
    {
        var width = Width(address.Family);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, width);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        Network = new Address(address.Family, address.Value & ~HostMask(width - length));
    }

    /// <summary>First address.</summary>
    public Address Network { get; }

    /// <summary>Leading bits that are fixed.</summary>
    public int Length { get; }

    /// <summary>All its addresses.</summary>
    public AddressRange Range
    {
        get
        {
            var last = Network.Value | HostMask(Width(Network.Family) - Length);
            return new AddressRange(Network.Family, Network.Value, last);
        }
    }

    /// <summary>The block of one address.</summary>
    public static Cidr Of(Address address) => new(address, Width(address.Family));

    /// <summary>The block of every address of an IP version.</summary>
    public static Cidr All(IpFamily family) => new(new Address(family, 0), 0);

    /// <summary>Reads "address/length"; host bits may be set and are cleared, as Kubernetes has always let them
    /// be.</summary>
    public static bool TryParse(string? text, out Cidr cidr)
    {
        cidr = default;
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (slash < 0
            || !Address.TryParse(text![..slash], out var address)
            || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            || length > Width(address.Family))
        {
            return false;
        }

        cidr = new Cidr(address, length);
        return true;
    }

    /// <summary>Reads what is known to be a block; see <see cref="TryParse"/>.</summary>
    public static Cidr Parse(string text) =>
        TryParse(text, out var cidr) ? cidr : throw new FormatException($"'{text}' is not a CIDR");

    /// <summary>True when the address lies in the block.</summary>
    public bool Contains(Address address) => Range.Contains(address);

    /// <summary>True when every address of the other block lies in this one.</summary>
    public bool Contains(Cidr other) => other.Length >= Length && Contains(other.Network);

    /// <inheritdoc/>
    public override string ToString() => $"{Network}/{Length}";

    private static int Width(IpFamily family) => family == IpFamily.V4 ? 32 : 128;

    private static UInt128 HostMask(int bits) => bits == 128 ? UInt128.MaxValue : (UInt128.One << bits) - 1;
}
