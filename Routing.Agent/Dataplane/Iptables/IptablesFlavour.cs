namespace Routing.Agent.Dataplane.Iptables;

/// <summary>Which programs of the name iptables are meant: two kinds exist, and each sees its own rules alone.</summary>
public enum IptablesFlavour
{
    /// <summary>Whatever the host calls iptables.</summary>
    Default,

    /// <summary>Those that write nf_tables.</summary>
    Nft,

    /// <summary>Those that write ip_tables.</summary>
    Legacy,
}
