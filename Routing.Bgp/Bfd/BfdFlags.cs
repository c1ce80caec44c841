namespace Routing.Bgp.Bfd;

/// <summary>The single bits of a BFD Control packet's second octet (RFC 5880 §4.1).</summary>
[Flags]
internal enum BfdFlags : byte
{
    None = 0,

    /// <summary>M: reserved for point-to-multipoint; zero on sending.</summary>
    Multipoint = 1,

    /// <summary>D: the sender wants no periodic packets while both sides are Up.</summary>
    Demand = 2,

    /// <summary>A: an authentication section follows.</summary>
    AuthenticationPresent = 4,

    /// <summary>C: the sender's BFD goes on when its control plane does not (RFC 5882 §3.3).</summary>
    ControlPlaneIndependent = 8,

    /// <summary>F: the answer to a Poll.</summary>
    Final = 16,

    /// <summary>P: the sender wants a Final at once.</summary>
    Poll = 32,
}
