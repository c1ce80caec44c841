using System.Net.NetworkInformation;
using Microsoft.Win32.SafeHandles;

namespace Routing.Agent.Netlink.Route;

/// <summary>A veth pair to create.</summary>
/// <param name="Name">The near side.</param>
/// <param name="PeerName">The far side.</param>
/// <param name="PeerNamespace">An open namespace file the far side is born in.</param>
public sealed record VethSpec(string Name, string PeerName, SafeFileHandle PeerNamespace)
{
    /// <summary>Hardware address of the near side; the kernel's choice when null.</summary>
    public PhysicalAddress? Mac { get; init; }

    /// <summary>Hardware address of the far side; the kernel's choice when null.</summary>
    public PhysicalAddress? PeerMac { get; init; }

    /// <summary>In octets, both sides; the kernel's 1500 when null.</summary>
    public int? Mtu { get; init; }

    /// <summary>True to create the near side administratively up. The far side cannot be born up (the kernel joins the
    /// two after it has configured the far one); whoever wires it inside brings it up there.</summary>
    public bool Up { get; init; }
}
