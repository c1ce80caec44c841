using System.Collections.Immutable;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.RoutePolicy;
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
    public PeerUp? Session
    {
        get;
        set => (field, LastSession) = (value, value ?? LastSession);
    }

    /// <summary>The session, or the last one while there is none: the routes kept from it are judged as they came.</summary>
    public PeerUp? LastSession { get; private set; }

    /// <summary>What import policies see of its sessions, by family; the last one's while there is none, for the routes
    /// that are kept from it.</summary>
    public ImmutableArray<RouteScope> ImportScopes { get; set; } = [];

    /// <summary>The scope of a family; only for a peer that has had a session.</summary>
    public RouteScope ImportScopeOf(AfiSafi family) => ImportScopes[0].Family == family ? ImportScopes[0] : ImportScopes[1];

    /// <summary>Its prefix limits.</summary>
    public PrefixLimitWatch Limits { get; } = new();

    /// <summary>When the session began, by <see cref="PathClock"/>; the last one's while there is none.</summary>
    public uint Since { get; private set; } = 1;

    /// <summary>Families in which the session's first table has come: its End-of-RIB.</summary>
    public HashSet<AfiSafi> SentAll { get; } = [];

    /// <summary>Families in which the session has not said which routes it wants; it is told none until then (RFC 5291
    /// §6).</summary>
    public HashSet<AfiSafi> AwaitedFilters { get; } = [];

    /// <summary>What the session has said it wants.</summary>
    public Dictionary<AfiSafi, ReceivedFilters> Filters { get; } = [];

    /// <summary>A session begins or ends: what the last one said is void.</summary>
    /// <param name="session">The session, or null.</param>
    /// <param name="now">By <see cref="PathClock"/>.</param>
    public void Begin(PeerUp? session, uint now)
    {
        Since = session is null ? Since : now;
        Session = session;
        SentAll.Clear();
        Filters.Clear();
        AwaitedFilters.Clear();
        AwaitedFilters.UnionWith(session?.ReceivesFilters ?? []);
    }

    /// <summary>True when the session carries the family.</summary>
    public bool Carries(AfiSafi family) => Session?.Families.Contains(family) == true;
}
