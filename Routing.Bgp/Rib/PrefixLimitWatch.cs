using System.Collections.Immutable;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib;

/// <summary>Compares a neighbour's counts with its limits, after each batch: a neighbour is over its limit by one batch at
/// most, since nothing more is taken from it then.</summary>
internal sealed class PrefixLimitWatch
{
    private readonly HashSet<AfiSafi> _warned = [];

    /// <summary>A limit that ends the session was exceeded: nothing more is taken until it has ended.</summary>
    public bool IsExceeded { get; private set; }

    /// <summary>The session has ended, or the limits are others.</summary>
    public void Reset()
    {
        IsExceeded = false;
        _warned.Clear();
    }

    /// <summary>Looks at the counts.</summary>
    /// <param name="limits">The neighbour's.</param>
    /// <param name="counts">What it has sent in a family.</param>
    /// <param name="observer">Is told of each limit once.</param>
    public void Check(
        ImmutableArray<PrefixLimit> limits, Func<AfiSafi, AdjRibIn> counts, IPrefixLimitObserver? observer)
    {
        foreach (var limit in limits)
        {
            var held = counts(limit.Family);
            var notice = new PrefixLimitNotice(limit, limit.AcceptedOnly ? held.Accepted : held.Received);
            IsExceeded |= notice.EndsSession;

            // In 64 bits: a hundred times the limit need not fit into 32.
            var isNear = 100L * notice.Count >= (long)limit.WarningPercent * limit.Maximum;
            if (notice.EndsSession || ((isNear || notice.IsExceeded) && _warned.Add(limit.Family)))
            {
                observer?.OnPrefixLimit(notice);
            }
            else if (!isNear)
            {
                _warned.Remove(limit.Family);
            }
        }
    }
}
