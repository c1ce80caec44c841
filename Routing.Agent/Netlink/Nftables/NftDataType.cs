namespace Routing.Agent.Netlink.Nftables;

/// <summary>Types that nft knows set keys by (its include/datatype.h). The kernel keeps the number and asks nothing; it
/// is what makes `nft list ruleset` show addresses as addresses.</summary>
internal sealed record NftDataType(uint Number, int Length, NftByteOrder ByteOrder)
{
    public static readonly NftDataType IPv4Address = new(7, 4, NftByteOrder.BigEndian);
    public static readonly NftDataType IPv6Address = new(8, 16, NftByteOrder.BigEndian);
    public static readonly NftDataType Protocol = new(12, 1, NftByteOrder.BigEndian);
    public static readonly NftDataType Port = new(13, 2, NftByteOrder.BigEndian);
    public static readonly NftDataType InterfaceName = new(41, 16, NftByteOrder.Host);

    /// <summary>The number of a concatenation: six bits for each type.</summary>
    public static uint Concatenate(IEnumerable<NftDataType> types) =>
        types.Aggregate(0u, (number, type) => (number << 6) | type.Number);
}

/// <summary>How nft reads a key (its enum byteorder); for a concatenation each type's own order counts.</summary>
internal enum NftByteOrder : uint
{
    Invalid = 0,
    Host = 1,
    BigEndian = 2,
}
