using Routing.Policy.Model;

namespace Routing.Agent.Netlink.Nftables;

/// <summary>A rule as the kernel keeps it.</summary>
/// <param name="Chain">Its chain.</param>
/// <param name="Expressions">What it does, in order.</param>
/// <param name="Comment">Empty for none.</param>
/// <param name="Handle">The kernel's number for it; 0 for a rule that is yet to be added.</param>
internal sealed record NftRule(
    string Chain, EquatableArray<NftExpression> Expressions, string Comment, ulong Handle = 0);
