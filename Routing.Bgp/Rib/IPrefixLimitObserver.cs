namespace Routing.Bgp.Rib;

/// <summary>A connection's session, as far as it wants to hear of prefix limits.</summary>
internal interface IPrefixLimitObserver
{
    /// <summary>Takes note; called on the RIB's thread, which waits for nobody.</summary>
    void OnPrefixLimit(PrefixLimitNotice notice);
}
