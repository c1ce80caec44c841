namespace Routing.Agent.Netlink.Route;

/// <summary>ndm_state (linux/neighbour.h).</summary>
[Flags]
public enum NeighbourState : ushort
{
    /// <summary>Nothing known.</summary>
    None = 0,

    /// <summary>Being resolved.</summary>
    Incomplete = 0x01,

    /// <summary>Confirmed a short while ago.</summary>
    Reachable = 0x02,

    /// <summary>Usable, unconfirmed.</summary>
    Stale = 0x04,

    /// <summary>In use; a probe follows.</summary>
    Delay = 0x08,

    /// <summary>Being probed.</summary>
    Probe = 0x10,

    /// <summary>Resolution failed.</summary>
    Failed = 0x20,

    /// <summary>Needs no resolution (multicast, loopback).</summary>
    NoArp = 0x40,

    /// <summary>Set by hand; never asked for, never forgotten.</summary>
    Permanent = 0x80,
}
