namespace Routing.Agent.Netlink.Nftables;

/// <summary>NFTA_SET_FLAGS (enum nft_set_flags).</summary>
[Flags]
internal enum NftSetFlags : uint
{
    None = 0,
    Anonymous = 0x1,
    Constant = 0x2,

    /// <summary>Elements may be ranges.</summary>
    Interval = 0x4,

    /// <summary>Elements carry data.</summary>
    Map = 0x8,

    /// <summary>Ranges over several fields (the kernel's pipapo); a concatenation without ranges is an ordinary
    /// hash.</summary>
    Concatenation = 0x80,
}
