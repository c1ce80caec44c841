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
    public ExportView(long journalPosition) => (JournalPosition, _advertised, NextRow) = (journalPosition, new(), 1);

    private ExportView(ExportView other)
    {
        (JournalPosition, NextRow) = (other.JournalPosition, other.NextRow);
        _advertised = other._advertised.Clone();
    }

    /// <summary>Members, all at this position.</summary>
    public List<GroupMember> Members { get; } = [];

    /// <inheritdoc/>
    public long JournalPosition { get; set; }

    /// <summary>Next row of the walk over the table; 0 when it is done.</summary>
    public int NextRow { get; set; }

    /// <summary>A walk is under way.</summary>
    public bool IsWalking => NextRow != 0;

    /// <summary>No walk is under way and nothing has been sent: a member may join without missing anything.</summary>
    public bool IsFresh => NextRow == 1 && _advertised.End == 1;

    /// <summary>The peer whose path is advertised, or null.</summary>
    public PeerIndex? AdvertisedSource(int row)
    {
        var stored = row < _advertised.End ? _advertised[row] : 0;
        return stored == 0 ? null : new PeerIndex((ushort)(stored - 1));
    }

    /// <inheritdoc/>
    public bool HasAdvertised(int row) => row < _advertised.End && _advertised[row] != 0;

    /// <summary>Notes what has been sent about a row.</summary>
    public void SetAdvertised(int row, PeerIndex? source)
    {
        _advertised.EnsureEnd(row + 1);
        _advertised[row] = source is { } peer ? (ushort)(peer.Value + 1) : (ushort)0;
    }

    /// <summary>Prefixes advertised to one member: all but those that came from it.</summary>
    public int CountAdvertisedTo(PeerIndex member)
    {
        var count = 0;
        for (var row = 1; row < _advertised.End; row++)
        {
            count += _advertised[row] != 0 && _advertised[row] != member.Value + 1 ? 1 : 0;
        }

        return count;
    }

    /// <summary>A view at the same position with the same past and no members.</summary>
    public ExportView Split() => new(this);

    /// <summary>Walks the whole table again: announces all that is exported, withdraws what no longer is.</summary>
    public void Restart() => NextRow = 1;

    /// <summary>True when some member must still be sent something.</summary>
    public bool HasWork(long journalEnd) =>
        IsWalking || JournalPosition < journalEnd || Members.Exists(member => member.OwesEndOfRib);
}
