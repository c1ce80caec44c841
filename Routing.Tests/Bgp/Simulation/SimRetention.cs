using System.Collections.Immutable;
using Routing.Bgp.Fsm;
using Routing.Bgp.Session;
using Routing.Bgp.Wire.Iana;

namespace Routing.Tests.Bgp.Simulation;

/// <summary>The routes kept of a peer that is away (RFC 4724, RFC 9494): the session's own <see cref="RouteRetention"/> on
/// virtual time.</summary>
internal sealed class SimRetention(SimScheduler scheduler, SimSpeaker owner, SimSession session)
{
    private static readonly TimeSpan StalePathTime = TimeSpan.FromSeconds(60);

    private RouteRetention _retention = new(new SimTime(scheduler));
    private int _look; // one that was superseded has another number

    /// <summary>How often routes were kept past a restart time.</summary>
    public int KeptForLong { get; private set; }

    /// <summary>The process died, and with it what it knew.</summary>
    public void Die() => (_retention, _look) = (new RouteRetention(new SimTime(scheduler)), _look + 1);

    public void PeerLeft(ImmutableArray<AfiSafi> families, NegotiatedSession negotiated, ReceivedEnds ends)
    {
        _retention.PeerLeft(families, negotiated, owner.LongLivedStaleTime, ends);
        LookLater();
    }

    public void PeerReturned()
    {
        _retention.PeerReturned(StalePathTime);
        LookLater();
    }

    private void LookLater()
    {
        var look = ++_look;
        if (_retention.Earliest is { } earliest)
        {
            scheduler.After(TimeSpan.FromTicks(earliest) - scheduler.Now, () =>
            {
                if (look == _look)
                {
                    Look();
                }
            });
        }
    }

    private void Look()
    {
        if (_retention.TryTakeDue(out var gone, out var longLived))
        {
            owner.Rib.Sessions.RestartTimeExpired(session.Index, gone);
            owner.Rib.Sessions.LongLivedStale(session.Index, longLived);
            KeptForLong += longLived.IsEmpty ? 0 : 1;
            owner.Wake();
        }

        LookLater();
    }
}
