namespace Routing.Policy.Model;

/// <summary>The places on a packet's way at which policies of host endpoints are asked, in the order of that way. What one of the
/// first two allows on the way in is not asked of again at the third or fourth.</summary>
public enum HostLayer
{
    /// <summary>Before connection tracking: doNotTrack. Each packet by itself; what is allowed is not tracked.</summary>
    Untracked,

    /// <summary>Of packets that come in, before destinations are translated: preDNAT.</summary>
    PreDnat,

    /// <summary>Packets through the host: applyOnForward.</summary>
    Forward,

    /// <summary>Packets from and for the host's own processes.</summary>
    Local,
}
