namespace Routing.Bgp.Mrt;

/// <summary>One path in a <see cref="RibRecord"/>, where it stands in the buffer.</summary>
/// <param name="peer">Index into the PEER_INDEX_TABLE.</param>
/// <param name="originated">When the path was heard of, in seconds since 1970.</param>
/// <param name="pathId">RFC 7911; 0 where the record has none.</param>
/// <param name="attributes">Path attributes with AS numbers of four octets, MP_REACH_NLRI in either form.</param>
internal readonly ref struct RibEntry(ushort peer, uint originated, uint pathId, ReadOnlySpan<byte> attributes)
{
    public ushort Peer { get; } = peer;

    public uint Originated { get; } = originated;

    public uint PathId { get; } = pathId;

    public ReadOnlySpan<byte> Attributes { get; } = attributes;
}
