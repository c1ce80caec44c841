namespace Routing.Agent.Netlink.Nftables;

/// <summary>A chain as the kernel keeps it.</summary>
/// <param name="Base">Hook and priority; null for a chain that is only jumped to.</param>
/// <param name="Comment">Empty for none.</param>
internal sealed record NftChain(string Name, NftBaseChain? Base, string Comment);

/// <summary>What makes a chain a base chain.</summary>
internal sealed record NftBaseChain(NftHook Hook, int Priority)
{
    /// <summary>What happens to a packet that no rule decides. We always accept; somebody else may have changed
    /// it.</summary>
    public NftVerdictCode Policy { get; init; } = NftVerdictCode.Accept;

    /// <summary>The only type we write; nat and route are others.</summary>
    public string Type { get; init; } = "filter";
}
