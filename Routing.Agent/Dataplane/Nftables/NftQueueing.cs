namespace Routing.Agent.Dataplane.Nftables;

/// <summary>What a kernel has for packets that an agent holds.</summary>
internal enum NftQueueing
{
    /// <summary>The expression "queue" (NFT_QUEUE).</summary>
    Expression,

    /// <summary>iptables' target NFQUEUE (NFT_COMPAT, NETFILTER_XT_TARGET_NFQUEUE).</summary>
    Target,

    /// <summary>Neither: packets pass at once, and a copy is seen (NFLOG).</summary>
    Copy,
}
