using Routing.Agent.Netlink.Netfilter;

namespace Routing.Agent.Domains;

/// <summary>A way by which answers come.</summary>
/// <param name="IsWanted">Whether they may come by it now.</param>
/// <param name="Open">Opens it; throws <see cref="Netlink.NetlinkException"/> where that cannot be.</param>
internal sealed record AnswerSource(Func<bool> IsWanted, Func<IPacketSource> Open)
{
    /// <summary>True where answers go on before they are read.</summary>
    public bool AreCopies { get; init; }
}
