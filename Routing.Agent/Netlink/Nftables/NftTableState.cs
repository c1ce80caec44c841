namespace Routing.Agent.Netlink.Nftables;

/// <summary>How a table stands in the kernel.</summary>
internal enum NftTableState
{
    /// <summary>There is none.</summary>
    Missing,

    /// <summary>Somebody has switched it off: it holds everything and its chains see no packet.</summary>
    Dormant,

    /// <summary>Its chains see packets.</summary>
    Active,
}
