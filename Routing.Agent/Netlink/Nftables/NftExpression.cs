using Routing.Policy.Model;

namespace Routing.Agent.Netlink.Nftables;

/// <summary>One step of a rule. A step loads a register, or compares one and ends the rule when it does not hold, or
/// decides.</summary>
/// <remarks>Registers are four octets wide here, numbered from zero; a value takes as many as it needs. On the wire the
/// kernel names every fourth by its older number of 16 octets (<see cref="NftExpressionCodec"/>).</remarks>
internal abstract record NftExpression
{
    private NftExpression()
    {
    }

    /// <summary>Loads something about the packet that is not in it.</summary>
    public sealed record Meta(NftMetaKey Key, int Register = 0) : NftExpression;

    /// <summary>Changes something about the packet that is not in it, to what the register holds.</summary>
    public sealed record MetaSet(NftMetaKey Key, int Register = 0) : NftExpression;

    /// <summary>Keeps connection tracking from looking at the packet.</summary>
    public sealed record Untrack : NftExpression;

    /// <summary>Loads octets of the packet.</summary>
    public sealed record Payload(NftPayloadBase Base, int Offset, int Length, int Register = 0) : NftExpression;

    /// <summary>Loads something of the packet's connection.</summary>
    public sealed record Conntrack(NftConntrackKey Key, int Register = 0) : NftExpression;

    /// <summary>Goes on only when the register compares so to the octets.</summary>
    public sealed record Compare(NftCompareOperator Operator, EquatableArray<byte> Value, int Register = 0)
        : NftExpression;

    /// <summary>register = (register AND mask) XOR xor.</summary>
    public sealed record Bitwise(EquatableArray<byte> Mask, EquatableArray<byte> Xor, int Register = 0) : NftExpression;

    /// <summary>Goes on only when the key that starts in the register is in the set.</summary>
    public sealed record Lookup(string Set, int Register = 0, bool Inverted = false) : NftExpression;

    /// <summary>Takes the verdict that the map has for the key; ends the rule when it has none.</summary>
    public sealed record VerdictLookup(string Map, int Register = 0) : NftExpression;

    /// <summary>Takes a fixed verdict.</summary>
    public sealed record Immediate(NftVerdict Verdict) : NftExpression;

    /// <summary>Counts packets and octets; what was counted is no part of the rule.</summary>
    public sealed record Counter : NftExpression;

    /// <summary>Hands packets to a netlink group (NFLOG).</summary>
    /// <param name="Prefix">A word for the reader, or empty.</param>
    /// <param name="SnapLength">Octets of the packet; 0 for as many as the reader asked for.</param>
    public sealed record Log(ushort Group, string Prefix, int SnapLength = 0) : NftExpression;

    /// <summary>Hands packets to who listens to a queue; they go on where nobody does.</summary>
    public sealed record Queue(ushort Number) : NftExpression;

    /// <summary>The same by a target of iptables, for kernels that have no expression for it.</summary>
    public sealed record QueueTarget(ushort Number) : NftExpression;

    /// <summary>Goes on only for so many packets in a time; what was spent is no part of the rule.</summary>
    /// <param name="Rate">Packets in a unit.</param>
    /// <param name="UnitSeconds">The unit.</param>
    /// <param name="Burst">Packets at once after a quiet time.</param>
    public sealed record Limit(ulong Rate, ulong UnitSeconds, uint Burst) : NftExpression;

    /// <summary>One that we do not write: somebody else's rule.</summary>
    public sealed record Other(string Name) : NftExpression;
}

/// <summary>enum nft_meta_keys, those in use.</summary>
internal enum NftMetaKey : uint
{
    Mark = 3,
    InputInterface = 4,
    InputInterfaceName = 6,
    OutputInterfaceName = 7,
    NetworkProtocol = 15,
    TransportProtocol = 16,
}

/// <summary>enum nft_payload_bases.</summary>
internal enum NftPayloadBase : uint
{
    Link = 0,
    Network = 1,
    Transport = 2,
}

/// <summary>enum nft_ct_keys, those in use.</summary>
internal enum NftConntrackKey : uint
{
    State = 0,
}

/// <summary>enum nft_cmp_ops.</summary>
internal enum NftCompareOperator : uint
{
    Equal = 0,
    NotEqual = 1,
    Less = 2,
    LessOrEqual = 3,
    Greater = 4,
    GreaterOrEqual = 5,
}
