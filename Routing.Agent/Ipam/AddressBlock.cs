using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Routing.Agent.Ipam;

/// <summary>A pod CIDR as a run of numbers: what of it pods may have, and addresses as offsets into it.</summary>
public readonly record struct AddressBlock
{
    private readonly UInt128 _base;
    private readonly UInt128 _mask; // the host's bits

    /// <param name="network">The CIDR.</param>
    public AddressBlock(IPNetwork network)
    {
        Network = network;
        var hostBits = Width(network.BaseAddress) - network.PrefixLength;
        _base = ToNumber(network.BaseAddress);
        _mask = hostBits == 128 ? UInt128.MaxValue : (UInt128.One << hostBits) - 1;

        // The first address is the network's in IPv4 and every router's in IPv6 (subnet-router anycast, RFC 4291
        // §2.6.1); the last of an IPv4 network is its broadcast address to whoever has the block on a link. Blocks of
        // one or two addresses have neither (RFC 3021, RFC 6164). No gateway is taken out: it is link-local,
        // 169.254.1.1 and fe80::1.
        var small = hostBits <= 1;
        First = small ? UInt128.Zero : UInt128.One;
        Last = small || IsIPv6 ? _mask : _mask - 1;
    }

    /// <summary>The CIDR.</summary>
    public IPNetwork Network { get; }

    /// <summary>Family.</summary>
    public bool IsIPv6 => Network.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>Offset of the first address a pod may have.</summary>
    public UInt128 First { get; }

    /// <summary>Offset of the last address a pod may have.</summary>
    public UInt128 Last { get; }

    /// <summary>The address at an offset.</summary>
    public IPAddress this[UInt128 offset]
    {
        get
        {
            Span<byte> octets = stackalloc byte[16];
            BinaryPrimitives.WriteUInt128BigEndian(octets, _base | offset);
            return new IPAddress(IsIPv6 ? octets : octets[12..]);
        }
    }

    /// <summary>The offset of an address.</summary>
    /// <returns>False when the address is not in the block.</returns>
    public bool TryGetOffset(IPAddress address, out UInt128 offset)
    {
        offset = default;
        if (address.AddressFamily != Network.BaseAddress.AddressFamily)
        {
            return false;
        }

        var number = ToNumber(address);
        offset = number & _mask;
        return (number & ~_mask) == _base;
    }

    /// <inheritdoc/>
    public override string ToString() => Network.ToString();

    private static int Width(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;

    private static UInt128 ToNumber(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        octets.Clear();
        address.TryWriteBytes(address.AddressFamily == AddressFamily.InterNetworkV6 ? octets : octets[12..], out _);
        return BinaryPrimitives.ReadUInt128BigEndian(octets);
    }
}
