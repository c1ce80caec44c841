namespace Routing.Bgp.Mrt;

/// <summary>Which paths a table dump holds.</summary>
public enum MrtTable
{
    /// <summary>Every path that every peer sent, those that a policy or a loop excluded too: what route collectors
    /// publish.</summary>
    AdjRibIn,

    /// <summary>The best paths.</summary>
    LocRib,
}
