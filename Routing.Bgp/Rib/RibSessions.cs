using System.Collections.Immutable;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Rib;

/// <summary>What becomes of a peer's routes, and what it is told, as its sessions come and go: restarts (RFC 4724, RFC 9494),
/// refreshes (RFC 2918, RFC 7313) and the filters it sends (RFC 5291).</summary>
internal sealed class RibSessions(RibTables tables, RibMonitors monitors)
{
    /// <summary>See <see cref="IRibInbox.PeerUpAsync"/>.</summary>
    public void PeerUp(PeerUp up)
    {
        if (!tables.Peers.TryGetValue(up.Peer, out var peer))
        {
            return; // it was deconfigured meanwhile
        }

        peer.Begin(up, tables.Clock.Now);
        peer.ImportScopes = PeerTerms.ImportScopes(peer, tables.Own);
        tables.Sources.Set(up.Peer, PeerTerms.SourceOf(peer.Config, up));
        monitors.OnPeerUp(peer);
        foreach (var family in tables.Families)
        {
            // RFC 4724 §4.2, RFC 9494 §4.2: a peer that did not keep its forwarding state made us wait in vain.
            if (!up.LongLivedPreserved.Contains(family.Family))
            {
                family.In(up.Peer).SweepStale(longLived: true);
            }

            if (!up.ForwardingPreserved.Contains(family.Family))
            {
                family.In(up.Peer).SweepStale(longLived: false);
            }

            if (!peer.Carries(family.Family) || !up.SendsEndOfRib)
            {
                family.Forget(up.Peer);
            }
            else if (up.Restarting)
            {
                family.Convergence.Forget(up.Peer);
            }

            if (peer.Carries(family.Family) && !peer.AwaitedFilters.Contains(family.Family))
            {
                Join(peer, family);
            }
        }

        tables.TryConverge();
    }

    /// <summary>See <see cref="IRibInbox.PeerDownAsync"/>.</summary>
    public void PeerDown(PeerIndex peer, ImmutableArray<AfiSafi> retain)
    {
        if (!tables.Peers.TryGetValue(peer, out var known))
        {
            return;
        }

        if (known.Session is not null)
        {
            monitors.OnPeerDown(known);
        }

        var keepsStale = known.Session is { NotificationRestart: true };
        known.Begin(null, tables.Clock.Now);
        known.Limits.Reset();
        foreach (var family in tables.Families)
        {
            family.Out.Leave(peer);
            if (retain.Contains(family.Family))
            {
                family.In(peer).MarkStale(keepsStale);
            }
            else
            {
                family.In(peer).Clear();
            }
        }
    }

    /// <summary>See <see cref="IRibInbox.RestartTimeExpiredAsync"/>.</summary>
    public void RestartTimeExpired(PeerIndex peer, ImmutableArray<AfiSafi> families)
    {
        foreach (var family in families)
        {
            tables[family].In(peer).SweepStale();
        }
    }

    /// <summary>See <see cref="IRibInbox.LongLivedStaleAsync"/>.</summary>
    public void LongLivedStale(PeerIndex peer, ImmutableArray<AfiSafi> families)
    {
        foreach (var family in families)
        {
            tables[family].In(peer).KeepStaleForLong();
        }
    }

    /// <summary>The peer has sent all its routes of a family (RFC 4724 §2).</summary>
    public void EndOfRib(RibPeer peer, RibFamily family)
    {
        family.In(peer.Index).SweepStale();
        peer.SentAll.Add(family.Family);
        if (peer.AwaitedFilters.Remove(family.Family))
        {
            Join(peer, family); // RFC 5291 §6: it has had the time to say what it wants
        }

        family.Forget(peer.Index);
        monitors.OnEndOfRib(peer, family.Family);
        tables.TryConverge();
    }

    /// <summary>The peer begins to send its routes of a family again.</summary>
    public static void BeginOfRefresh(RibPeer peer, RibFamily family)
    {
        // RFC 7313 §4: before End-of-RIB it means nothing, and what is stale then is the restart's.
        if (peer.Session is { SendsEndOfRib: false } || peer.SentAll.Contains(family.Family))
        {
            family.In(peer.Index).BeginRefresh();
        }
    }

    /// <summary>See <see cref="IRibInbox.RefreshTimeExpiredAsync"/>.</summary>
    public void RefreshTimeExpired(PeerIndex peer, ImmutableArray<AfiSafi> families)
    {
        foreach (var family in families)
        {
            tables[family].In(peer).EndRefresh();
        }
    }

    /// <summary>See <see cref="IRibInbox.RouteRefreshAsync"/>.</summary>
    public void RouteRefresh(PeerIndex peer, RouteRefreshMessage request)
    {
        if (!tables.Peers.TryGetValue(peer, out var known) || !known.Carries(request.Family))
        {
            return;
        }

        var family = tables[request.Family];
        if (known.Session!.ReceivesFilters.Contains(request.Family))
        {
            known.Filters.TryAdd(request.Family, new ReceivedFilters());
            known.Filters[request.Family].Take(request);
        }

        if (request.IsDeferred)
        {
            return;
        }

        if (known.AwaitedFilters.Remove(request.Family))
        {
            Join(known, family);
        }
        else
        {
            family.Out.Refresh(peer, PeerTerms.KeyFor(known, request.Family), known.Session.EnhancedRefresh);
        }
    }

    /// <summary>See <see cref="IRibInbox.OutputReadyAsync"/>.</summary>
    public void OutputReady(PeerIndex peer)
    {
        foreach (var family in tables.Families)
        {
            family.Out.OnOutputReady(peer);
        }
    }

    private static void Join(RibPeer peer, RibFamily family)
    {
        if (peer.Session!.Output is { } output)
        {
            family.Out.Join(peer.Index, output, PeerTerms.KeyFor(peer, family.Family));
        }
    }
}
