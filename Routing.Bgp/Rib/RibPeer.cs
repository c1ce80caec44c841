using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib;

/// <summary>A neighbour inside the RIB, kept over its restarts.</summary>
internal sealed class RibPeer(PeerIndex index, RibPeerConfig config)
{
    /// <summary>Its place.</summary>
    public PeerIndex Index { get; } = index;

    /// <summary>As configured last.</summary>
    public RibPeerConfig Config { get; set; } = config;

    /// <summary>The session, or null while there is none.</summary>
    public PeerUp? Session { get; set; }

    /// <summary>True when the session carries the family.</summary>
    public bool Carries(AfiSafi family) => Session?.Families.Contains(family) == true;
}
