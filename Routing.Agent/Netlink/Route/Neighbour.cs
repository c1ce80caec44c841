using System.Net;
using System.Net.NetworkInformation;

namespace Routing.Agent.Netlink.Route;

/// <summary>A permanent neighbour entry (RTM_NEWNEIGH, NUD_PERMANENT).</summary>
public sealed record Neighbour(int IfIndex, IPAddress Address, PhysicalAddress Mac);
