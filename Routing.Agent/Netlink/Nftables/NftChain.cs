namespace Routing.Agent.Netlink.Nftables;

/// <summary>A chain as the kernel keeps it.</summary>
/// <param name="Base">Hook and priority; null for a chain that is only jumped to.</param>
/// <param name="Comment">Empty for none.</param>
internal sealed record NftChain(string Name, NftBaseChain? Base, string Comment);

/// <summary>What makes a chain a base chain, of type filter and with the policy accept.</summary>
internal sealed record NftBaseChain(NftHook Hook, int Priority);
