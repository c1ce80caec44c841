namespace Routing.Agent.Netlink.Nftables;

/// <summary>What a rule has counted.</summary>
/// <param name="Rule">The rule; its handle is no other's as long as the table lives.</param>
/// <param name="Place">Its place in its chain, from 0.</param>
/// <param name="Packets">Packets since it was written.</param>
/// <param name="Octets">Their octets.</param>
internal sealed record NftRuleCount(NftRule Rule, int Place, long Packets, long Octets);
