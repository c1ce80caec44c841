using System.Collections.Immutable;
using Routing.Bgp.Fsm;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Session;

/// <summary>How long the routes of a peer that went away are kept, by family.</summary>
/// <remarks>
/// <code>
///  lost ──► Restart ──restart time──► LongLived ──long-lived stale time──► gone
///   ▲          └──────── back ────────────┴──────► Returned ──stale path time──► gone
///   └──────────────────── lost again ──────────────────┘
/// </code>
/// What is swept after End-of-RIB is nothing by then. A peer that is lost again before End-of-RIB begins anew (RFC 4724 §4.2), but
/// a long-lived stale time that has begun goes on until End-of-RIB has come, over any number of sessions; when it is over, what
/// is stale goes (RFC 9494 §4.2). So does the stale path time of a peer that restarts gracefully after a NOTIFICATION: what was
/// stale stays over its restarts, and not for ever (RFC 8538 §4.1).
/// </remarks>
internal sealed class RouteRetention(TimeProvider time)
{
    private const long Never = long.MaxValue;

    private readonly Dictionary<AfiSafi, Stay> _stays = [];

    /// <summary>The peer is away, and some of its routes are kept.</summary>
    public bool IsPeerAway => _stays.Values.Any(stay => stay.Stage != RetentionStage.Returned);

    /// <summary>The peer's routes of some family are kept past its restart time.</summary>
    public bool IsLongLived => _stays.Values.Any(stay => stay.Stage == RetentionStage.LongLived);

    /// <summary>When something is due; null when nothing is kept.</summary>
    public long? Earliest
    {
        get
        {
            var earliest = _stays.Count == 0 ? Never : _stays.Values.Min(stay => stay.Deadline);
            return earliest == Never ? null : earliest;
        }
    }

    /// <summary>The session ended.</summary>
    /// <param name="families">Whose routes are kept.</param>
    /// <param name="negotiated">What both sides had agreed on.</param>
    /// <param name="longest">Longest time that we keep routes past the restart time, whatever the peer says.</param>
    /// <param name="ends">Families whose End-of-RIB came in the session.</param>
    public void PeerLeft(
        ImmutableArray<AfiSafi> families, NegotiatedSession negotiated, TimeSpan longest, ReceivedEnds ends)
    {
        var before = _stays.ToDictionary();
        _stays.Clear();
        foreach (var family in families)
        {
            var wanted = negotiated.LongLivedStaleTimeOf(family);
            var restart = SessionTimers.After(time, negotiated.RestartTimeOf(family) ?? TimeSpan.Zero);
            var stay = ends.Has(family) ? default : before.GetValueOrDefault(family);
            var until = negotiated.NotificationRestart ? stay.StaleUntil : null;
            _stays[family] = new Stay(
                RetentionStage.Restart, Earlier(restart, until, stay.LongLivedUntil), wanted < longest ? wanted : longest)
            {
                StaleUntil = until,
                LongLivedUntil = stay.LongLivedUntil,
            };
        }
    }

    /// <summary>The peer is back; what it does not announce again before long goes.</summary>
    public void PeerReturned(TimeSpan stalePathTime)
    {
        foreach (var (family, stay) in _stays)
        {
            var until = stay.StaleUntil ?? SessionTimers.After(time, stalePathTime);
            _stays[family] = stay with
            {
                Stage = RetentionStage.Returned,
                Deadline = Earlier(until, stay.LongLivedUntil),
                StaleUntil = until,
            };
        }
    }

    /// <summary>The peer is not to come back: all is due.</summary>
    public void Forget()
    {
        foreach (var (family, stay) in _stays)
        {
            _stays[family] = stay with { Deadline = time.GetTimestamp(), LongLived = TimeSpan.Zero, LongLivedUntil = null };
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
            var until = stay.LongLivedUntil
                ?? (stay.LongLived > TimeSpan.Zero ? SessionTimers.After(time, stay.LongLived) : now);
            if (stay.Stage == RetentionStage.Restart && until > now)
            {
                longLived = longLived.Add(family);
                _stays[family] = stay with { Stage = RetentionStage.LongLived, Deadline = until, LongLivedUntil = until };
                continue;
            }

            gone = gone.Add(family);
            if (stay is { Stage: RetentionStage.Returned, LongLivedUntil: not null })
            {
                _stays[family] = stay with { Deadline = Never, StaleUntil = null }; // over or not, the long one counts until End-of-RIB
            }
            else
            {
                _stays.Remove(family);
            }
        }

        return !gone.IsEmpty || !longLived.IsEmpty;
    }

    private static long Earlier(long deadline, params ReadOnlySpan<long?> others)
    {
        foreach (var other in others)
        {
            deadline = Math.Min(deadline, other ?? Never);
        }

        return deadline;
    }

    /// <param name="Stage">Where it is.</param>
    /// <param name="Deadline">When that ends.</param>
    /// <param name="LongLived">How long the routes are kept past the restart time.</param>
    private readonly record struct Stay(RetentionStage Stage, long Deadline, TimeSpan LongLived)
    {
        /// <summary>When the stale path time is over; null while the peer has not been back.</summary>
        public long? StaleUntil { get; init; }

        /// <summary>When the long-lived stale time is over; null while it has not begun.</summary>
        public long? LongLivedUntil { get; init; }
    }
}
