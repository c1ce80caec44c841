using System.Net;

namespace Routing.Agent.Netlink.Route;

/// <summary>An address on an interface (RTM_NEWADDR).</summary>
/// <param name="IfIndex">The interface.</param>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">Leading bits of its subnet.</param>
/// <param name="NoDad">IFA_F_NODAD: usable at once, without duplicate address detection.</param>
/// <param name="LinkScope">Scope link instead of global.</param>
public sealed record InterfaceAddress(
    int IfIndex, IPAddress Address, int PrefixLength, bool NoDad = true, bool LinkScope = false);
