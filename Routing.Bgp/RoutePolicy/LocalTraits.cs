namespace Routing.Bgp.RoutePolicy;

/// <summary>Facts in a <see cref="LocalAttribute"/>.</summary>
[Flags]
internal enum LocalTraits : byte
{
    None = 0,

    /// <summary>A policy has set the kernel metric.</summary>
    HasPriority = 1,

    /// <summary>The export policy has set MULTI_EXIT_DISC: it goes to other ASes as well.</summary>
    SendsMed = 2,

    /// <summary>The export policy has settled the next hop: it does not become ours.</summary>
    KeepsNextHop = 4,
}
