using System.Net;
using System.Net.NetworkInformation;

namespace Routing.Agent.Netlink.Route;

/// <summary>A neighbour entry (RTM_NEWNEIGH); one that we write is permanent.</summary>
/// <param name="IfIndex">The interface.</param>
/// <param name="Address">The neighbour's address.</param>
/// <param name="Mac">Its hardware address; <see cref="PhysicalAddress.None"/> while it is not resolved.</param>
/// <param name="State">Permanent, unless the kernel says otherwise.</param>
public sealed record Neighbour(
    int IfIndex, IPAddress Address, PhysicalAddress Mac, NeighbourState State = NeighbourState.Permanent);
