namespace Routing.Bgp.Rib.Export;

/// <summary>Somebody who reads the change journal at his own pace.</summary>
internal interface IJournalReader
{
    /// <summary>Number of the next entry to read; the journal renumbers it when it closes its gaps.</summary>
    long JournalPosition { get; set; }

    /// <summary>True for a reader of all paths of a prefix; the others are told of changes of the best one only.</summary>
    bool ReadsAllPaths { get; }

    /// <summary>True when the reader must still learn that the row has lost its last path.</summary>
    bool HasAdvertised(int row);
}
