namespace Routing.Agent.Netlink.Nftables;

/// <summary>A verdict of a rule or a map element.</summary>
/// <param name="Chain">Where a jump or goto leads, else null.</param>
internal readonly record struct NftVerdict(NftVerdictCode Code, string? Chain = null);

/// <summary>enum nft_verdicts and netfilter's own.</summary>
internal enum NftVerdictCode
{
    Drop = 0,
    Accept = 1,
    Continue = -1,
    Break = -2,
    Jump = -3,
    Goto = -4,
    Return = -5,
}
