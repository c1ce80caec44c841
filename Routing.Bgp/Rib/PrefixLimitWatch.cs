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
    /// <param name="peer">The neighbour; its session's observer is told of each limit once.</param>
    /// <param name="tables">What it has sent.</param>
    public void Check(RibPeer peer, RibTables tables)
    {
        foreach (var limit in peer.Config.Limits)
        {
            var held = tables[limit.Family].In(peer.Index);
            var notice = new PrefixLimitNotice(limit, limit.AcceptedOnly ? held.Accepted : held.Received);
            IsExceeded |= notice.EndsSession;

            // In 64 bits: a hundred times the limit need not fit into 32.
            var isNear = 100L * notice.Count >= (long)limit.WarningPercent * limit.Maximum;
            if (notice.EndsSession || ((isNear || notice.IsExceeded) && _warned.Add(limit.Family)))
            {
                peer.Session?.LimitObserver?.OnPrefixLimit(notice);
            }
            else if (!isNear)
            {
                _warned.Remove(limit.Family);
            }
        }
    }
}
