namespace Routing.Agent.Netlink.Nftables;

/// <summary>An element of a set or map, as read; its octets are borrowed.</summary>
internal readonly ref struct NftElement
{
    /// <summary>The first or only key.</summary>
    public ReadOnlySpan<byte> Key { get; init; }

    /// <summary>The last key, inclusive, of a range in a concatenation; else empty.</summary>
    public ReadOnlySpan<byte> KeyEnd { get; init; }

    /// <summary>True for the octets after a single-field range: it ends just before.</summary>
    public bool IsIntervalEnd { get; init; }

    /// <summary>A map's value.</summary>
    public NftVerdict? Verdict { get; init; }

    /// <summary>Packets that it has counted, and their octets; null in a set that does not count.</summary>
    public (long Packets, long Octets)? Count { get; init; }
}

/// <summary>Takes an element.</summary>
internal delegate void NftElementHandler(in NftElement element);
