namespace Routing.Agent.Options;

/// <summary>What the packet filter is written with.</summary>
public enum PolicyBackend
{
    /// <summary>nftables where the kernel has all that we need of it, else iptables.</summary>
    Auto,

    /// <summary>nf_tables by netlink.</summary>
    Nftables,

    /// <summary>ipset and iptables-restore.</summary>
    Iptables,
}
