namespace Routing.Agent.Netlink.Netfilter;

/// <summary>A connection that the kernel tracks.</summary>
/// <param name="Original">The first packet's direction, as it was sent: before any translation.</param>
/// <param name="Reply">What answers look like before they are translated back: its source is where the original
/// direction ends after a translation of the destination (DNAT).</param>
/// <param name="Id">Tells it from a later connection with the same tuple.</param>
/// <param name="Zone">0 unless somebody keeps connections apart.</param>
/// <param name="IsExpected">Another connection announced it (FTP's data), and it was accepted as related to that.</param>
public readonly record struct ConntrackEntry(
    ConntrackTuple Original, ConntrackTuple Reply, uint Id, ushort Zone, bool IsExpected);
