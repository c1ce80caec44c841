using Routing.Bgp.Rib.Tables;

namespace Routing.Bgp.Rib.Export;

/// <summary>Members of an update group that have been sent the same octets so far: a position in the journal, a place in
/// the walk over the table while that is not done, and what has been advertised.</summary>
/// <remarks>
/// Adj-RIB-Out is two octets per prefix and view, not a route per prefix and peer: the peer whose path was advertised. The
/// attributes follow from the Loc-RIB and the group. The source has to be known because the member that is the source has
/// not been sent the route, and so must not be sent its withdrawal.
/// </remarks>
internal sealed class ExportView : IJournalReader
{
    /// <summary>Source plus one; 0 for a prefix that is not advertised.</summary>
    private readonly ChunkedArray<ushort> _advertised;

    /// <summary>A view that has advertised nothing and will walk the table.</summary>
    /// <param name="journalPosition">The journal's end: what changed before is met by the walk.</param>
    /// <param name="paths">For peers that take several paths of a prefix; null for the others.</param>
    public ExportView(long journalPosition, AdvertisedPaths? paths) =>
        (JournalPosition, _advertised, Paths, NextRow) = (journalPosition, new(), paths, 1);

    private ExportView(ExportView other)
    {
        (JournalPosition, NextRow) = (other.JournalPosition, other.NextRow);
        _advertised = other._advertised.Clone();
        Paths = other.Paths?.Clone();
    }

    /// <summary>Members, all at this position.</summary>
    public List<GroupMember> Members { get; } = [];

    /// <summary>What has been advertised to peers that take several paths of a prefix (RFC 7911); null for the
    /// others.</summary>
    public AdvertisedPaths? Paths { get; }

    /// <inheritdoc/>
    public bool ReadsAllPaths => Paths is not null;

    /// <inheritdoc/>
    public long JournalPosition { get; set; }

    /// <summary>Next row of the walk over the table; 0 when it is done.</summary>
    public int NextRow { get; set; }

    /// <summary>A walk is under way.</summary>
    public bool IsWalking => NextRow != 0;

    /// <summary>No walk is under way and nothing has been sent: a member may join without missing anything.</summary>
    public bool IsFresh => NextRow == 1 && _advertised.End == 1 && Paths is not { IsFresh: false };

    /// <summary>The peer whose path is advertised, or null.</summary>
    public PeerIndex? AdvertisedSource(int row)
    {
        var stored = row < _advertised.End ? _advertised[row] : 0;
        return stored == 0 ? null : new PeerIndex((ushort)(stored - 1));
    }

    /// <inheritdoc/>
    public bool HasAdvertised(int row) => Paths is { } paths
        ? paths.FirstOf(row) != 0
        : row < _advertised.End && _advertised[row] != 0;

    /// <summary>Notes what has been sent.</summary>
    public void SetAdvertised(in RouteChange change)
    {
        if (Paths is { } paths)
        {
            paths.Set(change);
            return;
        }

        _advertised.EnsureEnd(change.Row + 1);
        _advertised[change.Row] = change.Now is { } peer ? (ushort)(peer.Value + 1) : (ushort)0;
    }

    /// <summary>Routes advertised, by the index of the peer whose path it is: a member is told all but its own.</summary>
    public int[] CountBySource()
    {
        if (Paths is { } paths)
        {
            return paths.CountBySource();
        }

        var counts = new int[64];
        for (var row = 1; row < _advertised.End; row++)
        {
            if (_advertised[row] is > 0 and var stored)
            {
                Count(ref counts, stored - 1);
            }
        }

        return counts;
    }

    /// <summary>One more of an index, in an array that grows with it.</summary>
    public static void Count(ref int[] counts, int index)
    {
        if (index >= counts.Length)
        {
            Array.Resize(ref counts, Math.Max(index + 1, counts.Length * 2));
        }

        counts[index]++;
    }

    /// <summary>Nobody is in the view any more.</summary>
    public void Release() => Paths?.Release();

    /// <summary>A view at the same position with the same past and no members.</summary>
    public ExportView Split() => new(this);

    /// <summary>Walks the whole table again: announces all that is exported, withdraws what no longer is.</summary>
    public void Restart() => NextRow = 1;

    /// <summary>True when its members have been handed all there is to tell.</summary>
    public bool IsUpToDate(long journalEnd) => !HasWork(journalEnd) && !Members.Exists(member => member.IsBlocked);

    /// <summary>True when some member must still be sent something.</summary>
    public bool HasWork(long journalEnd) =>
        IsWalking || JournalPosition < journalEnd || Members.Exists(member => member.OwesEndOfRib || member.OwesEndOfRefresh);
}
