using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib;

/// <summary>Since when paths are as they are, in seconds since the RIB was made.</summary>
/// <remarks>A path keeps a time of its own only when it came, or came otherwise, after its peer's first table: 4 octets a path
/// from then on. Until then it is as old as the session, which at a million paths costs nothing.</remarks>
internal sealed class PathClock(TimeProvider time)
{
    /// <summary>From here on a session's first table is taken as sent, for peers that do not say (End-of-RIB).</summary>
    private const uint FirstTableSeconds = 60;

    private readonly long _start = time.GetTimestamp();

    /// <summary>Now; never 0.</summary>
    public uint Now => 1 + (uint)time.GetElapsedTime(_start).TotalSeconds;

    /// <summary>What a path that comes now keeps; 0 for nothing.</summary>
    public static uint StampOf(RibPeer peer, AfiSafi family, uint now) =>
        peer.SentAll.Contains(family) || now - peer.Since > FirstTableSeconds ? now : 0;

    /// <summary>How long a path has been as it is.</summary>
    /// <param name="stamp">What it keeps.</param>
    /// <param name="session">When its peer's session began.</param>
    public TimeSpan AgeOf(uint stamp, uint session) => TimeSpan.FromSeconds(Now - (stamp == 0 ? session : stamp));
}
