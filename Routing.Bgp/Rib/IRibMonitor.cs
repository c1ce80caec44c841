using Routing.Bgp.Rib.Export;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib;

/// <summary>Somebody who reads the tables along at his own pace: a monitoring station. Called on the RIB's thread; must not
/// wait.</summary>
internal interface IRibMonitor
{
    /// <summary>Its reader of a family's journal.</summary>
    IJournalReader ReaderOf(AfiSafi family);

    /// <summary>It has been added.</summary>
    void OnAdded();

    /// <summary>A session reached Established; its routes follow.</summary>
    void OnPeerUp(RibPeer peer);

    /// <summary>A session ended; its routes still stand.</summary>
    void OnPeerDown(RibPeer peer);

    /// <summary>What a peer is told may have changed with its configuration.</summary>
    void OnExportChanged(RibPeer peer);

    /// <summary>A peer has sent all its routes of a family (RFC 4724 §2).</summary>
    void OnEndOfRib(RibPeer peer, AfiSafi family);

    /// <summary>One slice of work.</summary>
    /// <returns>True when there may be more to do at once.</returns>
    bool Run();

    /// <summary>It has been removed, and gives back what it holds.</summary>
    void OnRemoved();
}
