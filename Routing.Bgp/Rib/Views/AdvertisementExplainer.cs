using Routing.Bgp.Rib.Export;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib.Views;

/// <summary>Explains what a peer is told of a prefix, and what not and why: the session, then for each path that comes into
/// question the export rules, the peer's maximum, and the export policy. On the RIB's thread.</summary>
internal sealed class AdvertisementExplainer(RibTables rib, PathDescriber describer)
{
    /// <summary>Explains what a peer is told.</summary>
    /// <param name="family">The family.</param>
    /// <param name="row">The prefix.</param>
    /// <param name="candidates">Its paths that may be chosen, the best first.</param>
    /// <param name="peer">The peer.</param>
    public ExplainedAdvertisement Explain(
        AfiSafi family, int row, IReadOnlyList<(int Path, PathStatus Status)> candidates, RibPeer peer)
    {
        var name = peer.Config.Name;
        if (WhyNothing(family, candidates.Count, peer) is { } state)
        {
            return new ExplainedAdvertisement(name, state, ExportVerdict.Exported, null);
        }

        var key = rib[family].Out.KeyOf(peer.Index)!;
        if (key.AddPaths == 0)
        {
            var only = Explain(family, row, candidates[0], peer, key, isBeyondMaximum: false);
            return new ExplainedAdvertisement(name, only.State, only.Verdict, only.Sent) { Policy = only.Policy };
        }

        var chosen = new List<int>();
        rib[family].Exports.Collect(row, key, chosen);
        var paths = candidates
            .Select(each => Explain(family, row, each, peer, key, isBeyondMaximum: !chosen.Contains(each.Path)))
            .ToList();
        var told = paths.Find(path => path.State == AdvertisementState.Advertised)
            ?? paths.Find(path => path.State == AdvertisementState.Pending)
            ?? paths[0];
        return new ExplainedAdvertisement(name, told.State, told.Verdict, told.Sent)
        {
            Policy = told.Policy,
            Paths = [.. paths],
        };
    }

    private AdvertisementState? WhyNothing(AfiSafi family, int candidates, RibPeer peer) =>
        peer.Session is null ? AdvertisementState.NotEstablished
        : !peer.Carries(family) ? AdvertisementState.FamilyNotCarried
        : peer.AwaitedFilters.Contains(family) ? AdvertisementState.WaitsForFilters
        : rib[family].Out.KeyOf(peer.Index) is null ? AdvertisementState.FamilyNotCarried
        : rib[family].IsDeferring ? AdvertisementState.WaitsForEndOfRib
        : candidates == 0 ? AdvertisementState.NoBestPath
        : null;

    private ExplainedPathAdvertisement Explain(
        AfiSafi family, int row, (int Path, PathStatus Status) candidate, RibPeer peer, ExportKey key, bool isBeyondMaximum)
    {
        var (path, status) = candidate;
        var explained = new ExplainedPathAdvertisement(
            status.Peer, status.PathId, AdvertisementState.KeptBack, ExportVerdict.Exported, null);
        if (rib.Paths[path].Peer == peer.Index.Value)
        {
            return explained with { State = AdvertisementState.CameFromPeer };
        }

        var verdict = rib[family].Exports.Judge(path, row, key);
        if (verdict != ExportVerdict.Exported)
        {
            return explained with { Verdict = verdict };
        }

        if (isBeyondMaximum)
        {
            return explained with { State = AdvertisementState.BeyondMaximum };
        }

        var policy = rib.PolicyTraces.OnExport(family, row, path, key);
        explained = explained with { Policy = PolicyStepStatus.Of(policy) };
        if (policy is { IsAccepted: false })
        {
            return explained with { Verdict = ExportVerdict.RejectedByFilter };
        }

        var adjRibsOut = rib[family].Out;
        var isTold = adjRibsOut.PathsAdvertisedTo(peer.Index, row).Contains(path) && !adjRibsOut.IsBehind(peer.Index, row);
        return !isTold ? explained with { State = AdvertisementState.Pending } : explained with
        {
            State = AdvertisementState.Advertised,
            Sent = describer.Sent(family, row, path, key) with
            {
                IsBest = path == rib[family].LocRib.BestOf(row),
                PathId = key.AddPaths > 0 ? (uint)path : 0,
            },
        };
    }
}
