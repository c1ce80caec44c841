namespace Routing.Bgp.Rib.Tables;

/// <summary>What the RIB keeps of a prefix beside its key: 12 octets.</summary>
internal struct PrefixRow
{
    /// <summary>First path, the best one when it is a candidate; 0 when there is none. The next free row when free.</summary>
    public int FirstPath;

    /// <summary>Low 32 bits of the number of its latest entry in the change journal; older entries of the row are void.</summary>
    public uint JournalNumber;

    /// <summary>The best path sink has not been told of the last change.</summary>
    public bool SinkPending;

    /// <summary>The row has a key.</summary>
    public bool InUse;
}
