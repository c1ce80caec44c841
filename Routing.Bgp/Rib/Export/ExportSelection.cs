using Routing.Bgp.Rib.Decision;

namespace Routing.Bgp.Rib.Export;

/// <summary>Which paths of a prefix go to peers with a key, before their export policy is asked
/// (<see cref="ExportPolicyPass"/>).</summary>
internal sealed class ExportSelection(LocRib locRib, PathSources sources)
{
    private readonly List<int> _ranked = [];

    /// <summary>True when a path goes to peers with this key.</summary>
    public bool IsExported(int path, int row, ExportKey key) => Judge(path, row, key) == ExportVerdict.Exported;

    /// <summary>Whether a path goes to peers with this key, and if not, why.</summary>
    public ExportVerdict Judge(int path, int row, ExportKey key)
    {
        ref var entry = ref locRib.Paths[path];
        var verdict = ExportRules.Judge(key, sources[entry.Peer], locRib.Attributes.Inputs(entry.Attributes));
        return verdict == ExportVerdict.Exported && key.Wanted is { } wanted && !wanted.Wants(locRib.Prefixes.PrefixOf(row))
            ? ExportVerdict.NotWanted
            : verdict;
    }

    /// <summary>The paths of a prefix that go to peers with a key that takes several (RFC 7911), the best first when
    /// there is a limit to their number.</summary>
    public void Collect(int row, ExportKey key, List<int> exported)
    {
        exported.Clear();
        if (key.AddPaths == int.MaxValue)
        {
            for (var path = locRib.Prefixes[row].FirstPath; path != 0; path = locRib.Paths[path].Next)
            {
                if (locRib.Paths[path].IsCandidate && IsExported(path, row, key))
                {
                    exported.Add(path);
                }
            }

            return;
        }

        _ranked.Clear();
        while (exported.Count < key.AddPaths && locRib.BestOf(row, _ranked) is var next && next != 0)
        {
            _ranked.Add(next);
            if (IsExported(next, row, key))
            {
                exported.Add(next);
            }
        }
    }
}
