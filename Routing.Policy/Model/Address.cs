using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Routing.Policy.Rules;

namespace Routing.Policy.Model;

/// <summary>An IP address as a number: a cheap key, and ranges of it are arithmetic.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Address : IComparable<Address>
{
    // Halves, since the whole would be aligned to 16 octets, in every table of addresses.
    private readonly ulong _upper;
    private readonly ulong _lower;

    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="value">The address, most significant octet first; IPv4 in the low 32 bits.</param>
    public Address(IpFamily family, UInt128 value) => (Family, _upper, _lower) = (family, (ulong)(value >> 64), (ulong)value);

    /// <summary>IPv4 or IPv6.</summary>
    public IpFamily Family { get; }

    /// <summary>The address, most significant octet first; IPv4 in the low 32 bits.</summary>
    public UInt128 Value => new(_upper, _lower);

    /// <summary>Translates from the class library's type; an IPv4-mapped IPv6 address becomes the IPv4 address it
    /// stands for.</summary>
    public static Address From(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        Span<byte> octets = stackalloc byte[16];
        plain.TryWriteBytes(octets, out _);
        return plain.AddressFamily == AddressFamily.InterNetwork
            ? new Address(IpFamily.V4, BinaryPrimitives.ReadUInt32BigEndian(octets))
            : new Address(IpFamily.V6, BinaryPrimitives.ReadUInt128BigEndian(octets));
    }

    /// <summary>Reads an address as Kubernetes does: four decimal numbers (leading zeros mean nothing, they do not make
    /// octal), or IPv6 without a zone.</summary>
    public static bool TryParse(string? text, out Address address)
    {
        address = default;
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        if (!text.Contains(':', StringComparison.Ordinal))
        {
            return TryParseV4(text, out address);
        }

        if (text.AsSpan().ContainsAny("%[]/") || !IPAddress.TryParse(text, out var parsed))
        {
            return false;
        }

        address = From(parsed);
        return true;
    }

    /// <summary>Reads what is known to be an address, such as a constant; see <see cref="TryParse"/>.</summary>
    public static Address Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an IP address");

    /// <summary>The class library's type.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> octets = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(octets, Value);
        return new IPAddress(Family == IpFamily.V4 ? octets[12..] : octets);
    }

    /// <inheritdoc/>
    public int CompareTo(Address other)
    {
        var byFamily = Family.CompareTo(other.Family);
        return byFamily != 0 ? byFamily : Value.CompareTo(other.Value);
    }

    /// <inheritdoc/>
    public bool Equals(Address other) => _lower == other._lower && _upper == other._upper && Family == other.Family;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_lower, _upper, Family);

    /// <summary>As people write it.</summary>
    public override string ToString() => ToIPAddress().ToString();

    private static bool TryParseV4(string text, out Address address)
    {
        address = default;
        uint value = 0;
        var parts = 0;
        foreach (var part in text.AsSpan().Split('.'))
        {
            var digits = text.AsSpan()[part];
            if (digits.Length is 0 or > 3 || digits.ContainsAnyExceptInRange('0', '9')
                || !byte.TryParse(digits, out var octet))
            {
                return false;
            }

            value = (value << 8) | octet;
            parts++;
        }

        address = new Address(IpFamily.V4, value);
        return parts == 4;
    }
}
