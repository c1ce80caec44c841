namespace Routing.Bgp.Rib.Inbox;

/// <summary>What a session hands to the RIB: many UPDATEs of one peer, validated and made canonical on the session's own
/// task, so that the RIB's thread only interns, stores and decides.</summary>
/// <remarks>
/// The octets and entries are owned by the batch. A session rents it from <see cref="UpdateBatchPool"/> and hands it over
/// with <see cref="IRibInbox.UpdatesAsync"/>; the RIB returns it when done.
/// Canonical attributes: path attributes in ascending type order, flags normalised (the partial bit kept), lengths minimal,
/// AS numbers of four octets, no MP_REACH_NLRI or MP_UNREACH_NLRI; the next hop of any family is attribute 3 with a value of
/// 4, 16 or 32 octets. Two equal sets of attributes are therefore equal octet for octet.
/// </remarks>
internal sealed class UpdateBatch
{
    /// <summary>The peer that sent all of it.</summary>
    public required PeerIndex Peer { get; set; }

    /// <summary>Storage for canonical attributes and NLRI; entries point into it.</summary>
    public byte[] Octets { get; set; } = [];

    /// <summary>Octets in use.</summary>
    public int OctetCount { get; set; }

    /// <summary>The entries, in the order in which the peer sent them.</summary>
    public UpdateEntry[] Entries { get; set; } = [];

    /// <summary>Entries in use.</summary>
    public int EntryCount { get; set; }
}
