namespace Routing.Agent.Lab.Plan;

/// <summary>The program that plays the top-of-rack router.</summary>
public enum TorKind
{
    /// <summary>Our own speaker, `routing bgp serve`.</summary>
    Routing,

    /// <summary>BIRD 2.</summary>
    Bird,

    /// <summary>FRR's zebra and bgpd.</summary>
    Frr,

    /// <summary>GoBGP's gobgpd; the lab carries its best paths into the kernel, which gobgpd leaves to others.</summary>
    Gobgp,
}
