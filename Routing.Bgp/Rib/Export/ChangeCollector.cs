namespace Routing.Bgp.Rib.Export;

/// <summary>Finds what a view has to be told next: prefixes of the walk over the table or of the journal, by the group's
/// rules.</summary>
internal sealed class ChangeCollector(LocRib locRib, ExportSelection exports)
{
    /// <summary>Prefixes in a round: enough to pack well, few enough to return soon to the inbox.</summary>
    public const int MostChanges = 4096;

    private readonly List<RouteChange> _changes = new(MostChanges);
    private readonly List<int> _exported = []; // the paths of the prefix being looked at
    private (ushort Peer, int Attributes) _judged; // of the path asked about last, in this round
    private bool _isExported;

    /// <summary>What was found; the last prefix may bring more than <see cref="MostChanges"/>.</summary>
    public List<RouteChange> Changes => _changes;

    /// <summary>Some route comes from another peer than the one that was told.</summary>
    public bool SourceMoved { get; private set; }

    /// <summary>Collects.</summary>
    /// <param name="group">By whose rules.</param>
    /// <param name="view">Who has been told what.</param>
    /// <param name="position">In the journal; moved on.</param>
    /// <param name="nextRow">Of the walk over the table, 0 when none is under way; moved on.</param>
    public void Collect(UpdateGroup group, ExportView view, ref long position, ref int nextRow)
    {
        _changes.Clear();
        SourceMoved = false;
        _judged = default; // no path has attributes 0
        if (nextRow != 0)
        {
            for (; nextRow < locRib.Prefixes.End && _changes.Count < MostChanges; nextRow++)
            {
                // What waits in the journal is met there; here it would be told twice. Not so where the journal brings only
                // what changed since it was told.
                if (locRib.Prefixes[nextRow].InUse
                    && (view.ReadsAllPaths || !locRib.Journal.Holds(nextRow, position)))
                {
                    Consider(group, view, nextRow);
                }
            }

            nextRow = nextRow < locRib.Prefixes.End ? nextRow : 0;
            return;
        }

        while (_changes.Count < MostChanges && locRib.Journal.TryRead(ref position, view.ReadsAllPaths, out var row))
        {
            Consider(group, view, row);
        }
    }

    private void Consider(UpdateGroup group, ExportView view, int row)
    {
        if (view.Paths is { } advertised)
        {
            ConsiderPaths(group, view, advertised, row);
            return;
        }

        var before = view.AdvertisedSource(row);
        var best = locRib.BestOf(row);
        if (best != 0 && IsExported(best, row, group.Key))
        {
            ref var path = ref locRib.Paths[best];
            SourceMoved |= before is not null && before.Value.Value != path.Peer;
            _changes.Add(new RouteChange(row, 0, before, new PeerIndex(path.Peer), path.Attributes));
        }
        else if (before is not null)
        {
            _changes.Add(new RouteChange(row, 0, before, null, 0));
        }
    }

    /// <summary>As <see cref="ExportSelection.IsExported"/>; prefixes that share attributes and source come together, and unless the
    /// prefix matters they share the verdict.</summary>
    private bool IsExported(int best, int row, ExportKey key)
    {
        ref var path = ref locRib.Paths[best];
        if (key.Wanted is not null || (path.Peer, path.Attributes) != _judged)
        {
            _judged = (path.Peer, path.Attributes);
            _isExported = exports.IsExported(best, row, key);
        }

        return _isExported;
    }

    /// <summary>RFC 7911: every path that is exported, and withdrawals of those that no longer are. Outside a walk only
    /// what changed.</summary>
    private void ConsiderPaths(UpdateGroup group, ExportView view, AdvertisedPaths advertised, int row)
    {
        exports.Collect(row, group.Key, _exported);
        foreach (var path in _exported)
        {
            ref var entry = ref locRib.Paths[path];
            var source = new PeerIndex(entry.Peer);
            var sent = advertised.Find(row, (uint)path);
            if (sent == 0)
            {
                _changes.Add(new RouteChange(row, (uint)path, null, source, entry.Attributes));
            }
            else if (view.IsWalking || advertised[sent].Source != source
                || advertised[sent].Attributes != entry.Attributes)
            {
                SourceMoved |= advertised[sent].Source != source;
                _changes.Add(new RouteChange(row, (uint)path, advertised[sent].Source, source, entry.Attributes));
            }
        }

        for (var sent = advertised.FirstOf(row); sent != 0; sent = advertised.NextOf(sent))
        {
            if (!_exported.Contains((int)advertised[sent].PathId))
            {
                _changes.Add(new RouteChange(row, advertised[sent].PathId, advertised[sent].Source, null, 0));
            }
        }
    }
}
