namespace Routing.Bgp.Rib;

/// <summary>A peer inside the RIB: a small number, so that a path can name its peer in two octets. Index 0 is the speaker
/// itself (locally originated routes).</summary>
internal readonly record struct PeerIndex(ushort Value)
{
    /// <summary>Source of locally originated routes.</summary>
    public static PeerIndex Local => default;
}
