namespace Routing.Tests.Netns;

/// <summary>The back ends that the same tests run on.</summary>
public enum FilterBackend
{
    /// <summary>nf_tables by netlink.</summary>
    Nftables,

    /// <summary>ipset and the iptables that writes nf_tables.</summary>
    IptablesNft,

    /// <summary>ipset and the iptables that writes ip_tables.</summary>
    IptablesLegacy,
}
