using System.Collections.Immutable;
using Routing.Bgp.Fsm;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Session;

/// <summary>How long the routes of a peer that went away are kept, by family.</summary>
/// <remarks>
/// <code>
///  lost ──► Restart ──restart time──► LongLived ──long-lived stale time──► gone
///              └──────── back ────────────┴──────► Returned ──stale path time──► gone
/// </code>
/// End-of-RIB needs no word here: what is swept later is nothing by then. A peer that is lost again before End-of-RIB
/// begins anew, and what was stale already goes (RFC 4724 §4.2), also what was kept for long.
/// </remarks>
internal sealed class RouteRetention(TimeProvider time)
{
    private readonly Dictionary<AfiSafi, Stay> _stays = [];

    /// <summary>The peer is away, and some of its routes are kept.</summary>
    public bool IsPeerAway => _stays.Values.Any(stay => stay.Stage != RetentionStage.Returned);

    /// <summary>The peer's routes of some family are kept past its restart time.</summary>
    public bool IsLongLived => _stays.Values.Any(stay => stay.Stage == RetentionStage.LongLived);

    /// <summary>When something is due; null when nothing is kept.</summary>
    public long? Earliest => _stays.Count == 0 ? null : _stays.Values.Min(stay => stay.Deadline);

    /// <summary>The session ended.</summary>
    /// <param name="families">Whose routes are kept.</param>
    /// <param name="negotiated">What both sides had agreed on.</param>
    /// <param name="longest">Longest time that we keep routes past the restart time, whatever the peer says.</param>
    public void PeerLeft(ImmutableArray<AfiSafi> families, NegotiatedSession negotiated, TimeSpan longest)
    {
        _stays.Clear();
        foreach (var family in families)
        {
            var wanted = negotiated.LongLivedStaleTimeOf(family);
            _stays[family] = new Stay(
                RetentionStage.Restart,
                SessionTimers.After(time, negotiated.RestartTimeOf(family) ?? TimeSpan.Zero),
                wanted < longest ? wanted : longest);
        }
    }

    /// <summary>The peer is back; what it does not announce again before long goes.</summary>
    public void PeerReturned(TimeSpan stalePathTime)
    {
        foreach (var (family, stay) in _stays)
        {
            var deadline = SessionTimers.After(time, stalePathTime);
            _stays[family] = stay with
            {
                Stage = RetentionStage.Returned,

                // RFC 9494 §4.2: its time does not begin anew.
                Deadline = stay.Stage == RetentionStage.LongLived ? Math.Min(stay.Deadline, deadline) : deadline,
            };
        }
    }

    /// <summary>The peer is not to come back: all is due.</summary>
    public void Forget()
    {
        foreach (var (family, stay) in _stays)
        {
            _stays[family] = stay with { Deadline = time.GetTimestamp(), LongLived = TimeSpan.Zero };
        }
    }

    /// <summary>Takes what is due.</summary>
    /// <param name="gone">Families whose stale routes go.</param>
    /// <param name="longLived">Families whose stale routes are kept on as the least preferred.</param>
    /// <returns>False when nothing is.</returns>
    public bool TryTakeDue(out ImmutableArray<AfiSafi> gone, out ImmutableArray<AfiSafi> longLived)
    {
        var now = time.GetTimestamp();
        (gone, longLived) = ([], []);
        foreach (var (family, stay) in _stays.Where(entry => entry.Value.Deadline <= now).ToList())
        {
            if (stay.Stage == RetentionStage.Restart && stay.LongLived > TimeSpan.Zero)
            {
                longLived = longLived.Add(family);
                _stays[family] = stay with
                {
                    Stage = RetentionStage.LongLived,
                    Deadline = SessionTimers.After(time, stay.LongLived),
                };
            }
            else
            {
                gone = gone.Add(family);
                _stays.Remove(family);
            }
        }

        return !gone.IsEmpty || !longLived.IsEmpty;
    }

    private readonly record struct Stay(RetentionStage Stage, long Deadline, TimeSpan LongLived);
}
