using System.Collections.Immutable;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Session;

/// <summary>Until when a peer that has begun to announce its routes again may take to end (RFC 7313 §4 leaves the length to
/// us). The reader sets them, the session's loop looks at them.</summary>
internal sealed class RefreshDeadlines(TimeProvider time)
{
    private const long None = long.MaxValue;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly ImmutableArray<AfiSafi> Families = [AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast];

    private readonly long[] _deadlines = [None, None];

    /// <summary>The earliest; null when no refresh is under way.</summary>
    public long? Earliest
    {
        get
        {
            var earliest = Math.Min(Volatile.Read(ref _deadlines[0]), Volatile.Read(ref _deadlines[1]));
            return earliest == None ? null : earliest;
        }
    }

    /// <summary>A refresh begins.</summary>
    public void Begin(AfiSafi family) =>
        Volatile.Write(ref _deadlines[Families.IndexOf(family)], SessionTimers.After(time, Patience));

    /// <summary>A refresh ended.</summary>
    public void End(AfiSafi family) => Volatile.Write(ref _deadlines[Families.IndexOf(family)], None);

    /// <summary>Families whose refresh has taken too long; each is told once.</summary>
    public ImmutableArray<AfiSafi> TakeDue()
    {
        var now = time.GetTimestamp();
        return [.. Families.Where((family, i) =>
        {
            var deadline = Volatile.Read(ref _deadlines[i]);
            return deadline <= now && Interlocked.CompareExchange(ref _deadlines[i], None, deadline) == deadline;
        })];
    }
}
