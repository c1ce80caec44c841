using System.Runtime.InteropServices;
using System.Text;
using Routing.Agent.Netlink.Nftables;
using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Nftables;

/// <summary>The registers of one rule while a packet is in it. An octet that cannot be told from the packet is null, and what is
/// made of it is not known either.</summary>
/// <param name="packet">The packet.</param>
/// <param name="headers">Its headers.</param>
/// <param name="mark">What it is marked with by now.</param>
/// <param name="isTracked">Connection tracking looks at it.</param>
internal sealed class NftRegisters(Packet packet, NftPacket headers, byte?[] mark, bool isTracked)
{
    private const int Width = 4; // octets of a register, as NftExpression counts them
    private const byte IPv4 = 2, IPv6 = 10; // NFPROTO_IPV4, NFPROTO_IPV6
    private const uint New = 8, Established = 2, Untracked = 64; // NF_CT_STATE_BIT of each

    private readonly byte?[] _octets = new byte?[64 + 64]; // a value may begin in the last register

    /// <summary>What the packet is marked with after the rule.</summary>
    public byte?[] Mark { get; private set; } = mark;

    /// <summary>Carries out a step that loads or changes a register; false for any other step.</summary>
    public bool TryLoad(NftExpression step)
    {
        switch (step)
        {
            case NftExpression.Meta meta:
                Load(meta.Register, Meta(meta.Key));
                return true;
            case NftExpression.MetaSet { Key: NftMetaKey.Mark } set:
                Mark = _octets[(set.Register * Width)..((set.Register + 1) * Width)];
                return true;
            case NftExpression.Payload { Base: NftPayloadBase.Link } payload:
                Load(payload.Register, new byte?[payload.Length]);
                return true;
            case NftExpression.Payload payload:
                Load(payload.Register, [.. Enumerable.Range(payload.Offset, payload.Length)
                    .Select(at => headers[payload.Base == NftPayloadBase.Transport, at])]);
                return true;
            case NftExpression.Conntrack { Key: NftConntrackKey.State } state:
                Load(state.Register, Host(!isTracked ? Untracked : packet.Established ? Established : New));
                return true;
            case NftExpression.Conntrack other:
                Load(other.Register, new byte?[16]);
                return true;
            case NftExpression.Bitwise bitwise:
                for (var i = 0; i < bitwise.Mask.Count; i++)
                {
                    ref var octet = ref _octets[(bitwise.Register * Width) + i];
                    octet = bitwise.Mask.Items[i] == 0 ? bitwise.Xor.Items[i] : (byte?)((octet & bitwise.Mask.Items[i]) ^ bitwise.Xor.Items[i]);
                }

                return true;
            default:
                return false;
        }
    }

    /// <summary>Whether a comparison holds; null when it cannot be told.</summary>
    public bool? Holds(NftExpression.Compare compare)
    {
        var value = compare.Value.Items.AsSpan();
        if (!TryRead(compare.Register, value.Length, out var octets))
        {
            return null;
        }

        var order = octets.AsSpan().SequenceCompareTo(value);
        return compare.Operator switch
        {
            NftCompareOperator.Equal => order == 0,
            NftCompareOperator.NotEqual => order != 0,
            NftCompareOperator.Less => order < 0,
            NftCompareOperator.LessOrEqual => order <= 0,
            NftCompareOperator.Greater => order > 0,
            NftCompareOperator.GreaterOrEqual => order >= 0,
            _ => null,
        };
    }

    /// <summary>Reads what a look-up takes as its key; false when it cannot be told.</summary>
    public bool TryRead(int register, int length, out byte[] octets)
    {
        octets = new byte[length];
        for (var i = 0; i < length; i++)
        {
            if (_octets[(register * Width) + i] is not { } octet)
            {
                return false;
            }

            octets[i] = octet;
        }

        return true;
    }

    private void Load(int register, byte?[] value)
    {
        var start = register * Width;
        value.CopyTo(_octets, start);
        for (var i = value.Length; i % Width != 0; i++)
        {
            _octets[start + i] = 0; // the kernel fills the register up
        }
    }

    private byte?[] Meta(NftMetaKey key) => key switch
    {
        NftMetaKey.InputInterfaceName => Name(packet.InputInterface ?? ""),
        NftMetaKey.InputInterface => Host(packet.InputInterface is null ? 0 : uint.MaxValue), // some number that is not zero
        NftMetaKey.Mark => Mark,
        NftMetaKey.OutputInterfaceName => Name(packet.OutputInterface ?? ""),
        NftMetaKey.NetworkProtocol => [packet.Source.Family == IpFamily.V4 ? IPv4 : IPv6],
        NftMetaKey.TransportProtocol => [(byte)packet.Protocol],
        _ => new byte?[16],
    };

    private static byte?[] Name(string name)
    {
        var octets = new byte[NftDataType.InterfaceName.Length];
        Encoding.UTF8.GetBytes(name, octets);
        return [.. octets.Select(octet => (byte?)octet)];
    }

    private static byte?[] Host(uint number) =>
        [.. MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in number)).ToArray().Select(octet => (byte?)octet)];
}
