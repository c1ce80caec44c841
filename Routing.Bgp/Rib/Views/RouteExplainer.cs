using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Export;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Views;

/// <summary>Explains one prefix. Nothing is stored for this: the reference decision process and the export rules run again
/// for the one prefix, on the RIB's thread.</summary>
internal sealed class RouteExplainer(Rib rib)
{
    private readonly PathDescriber _describer = new(rib);

    /// <summary>Explains a prefix, or the longest one that covers it.</summary>
    /// <param name="prefix">The prefix asked about.</param>
    /// <param name="longestMatch">When it is not there, a shorter one will do.</param>
    /// <returns>Null when there is none.</returns>
    public RouteExplanation? Explain(Prefix prefix, bool longestMatch)
    {
        var prefixes = rib[prefix.Family].LocRib.Prefixes;
        for (int length = prefix.Length; length >= (longestMatch ? 0 : prefix.Length); length--)
        {
            var row = prefixes.Find(Prefix.Create(prefix.Family, prefix.Address, length));
            if (row != 0 && prefixes[row].FirstPath != 0)
            {
                return Explain(prefix.Family, row);
            }
        }

        return null;
    }

    private RouteExplanation Explain(AfiSafi family, int row)
    {
        var candidates = _describer.CandidatesOf(_describer.PathsOf(family, row));
        var reasons = ReferenceDecisionProcess.Explain(candidates);
        var best = rib[family].LocRib.BestOf(row);
        return new RouteExplanation(
            rib[family].LocRib.Prefixes.PrefixOf(row),
            best == 0 ? null : reasons[best],
            [.. _describer.HeldWithIndex(family, row).Select(each => ExplainPath(family, row, each.Path, each.Status, best, candidates))],
            [
                .. rib.Peers.Values.OrderBy(peer => peer.Config.Name, StringComparer.Ordinal)
                    .Select(peer => ExplainAdvertisement(family, row, best, peer)),
            ]);
    }

    private ExplainedPath ExplainPath(
        AfiSafi family, int row, int path, PathStatus status, int best, List<Candidate> candidates)
    {
        status = status with { Policy = PolicyStepStatus.Of(rib.PolicyTraces.OnImport(family, row, path)) };
        if (path == best || !status.IsCandidate)
        {
            return new ExplainedPath(status, null, "");
        }

        var loser = candidates.Find(candidate => candidate.Path == path)!;
        var winner = WinnerOver(loser, status.Reason, best, candidates);
        return new ExplainedPath(
            status,
            _describer.PeerOf(winner.Path) ?? "local",
            DecisionText.Compare(status.Reason, loser, winner));
    }

    /// <summary>The best path beats all others itself, but for MED, where a path loses to one of its own neighbour AS
    /// (RFC 4271 §9.1.2.2 c).</summary>
    private static Candidate WinnerOver(Candidate loser, DecisionStep step, int best, List<Candidate> candidates) =>
        step == DecisionStep.LowerMed
            ? candidates.Where(candidate => candidate.Inputs.NeighborAsn == loser.Inputs.NeighborAsn)
                .MinBy(candidate => candidate.Inputs.Med)!
            : candidates.Find(candidate => candidate.Path == best)!;

    private ExplainedAdvertisement ExplainAdvertisement(AfiSafi family, int row, int best, RibPeer peer)
    {
        var name = peer.Config.Name;
        var (locRib, adjRibsOut) = (rib[family].LocRib, rib[family].Out);
        if (adjRibsOut.KeyOf(peer.Index) is not { } key)
        {
            var state = peer.Session is null ? AdvertisementState.NotEstablished : AdvertisementState.FamilyNotCarried;
            return new ExplainedAdvertisement(name, state, ExportVerdict.Exported, null);
        }

        if (rib[family].IsDeferring)
        {
            return new ExplainedAdvertisement(name, AdvertisementState.WaitsForEndOfRib, ExportVerdict.Exported, null);
        }

        if (best == 0 || rib.Paths[best].Peer == peer.Index.Value)
        {
            var state = best == 0 ? AdvertisementState.NoBestPath : AdvertisementState.CameFromPeer;
            return new ExplainedAdvertisement(name, state, ExportVerdict.Exported, null);
        }

        var verdict = locRib.JudgeExport(best, row, key);
        if (verdict != ExportVerdict.Exported)
        {
            return new ExplainedAdvertisement(name, AdvertisementState.KeptBack, verdict, null);
        }

        var policy = rib.PolicyTraces.OnExport(family, row, best, key);
        var steps = PolicyStepStatus.Of(policy);
        if (policy is { IsAccepted: false })
        {
            return new ExplainedAdvertisement(name, AdvertisementState.KeptBack, ExportVerdict.RejectedByFilter, null)
            {
                Policy = steps,
            };
        }

        var isTold = adjRibsOut.PathsAdvertisedTo(peer.Index, row).Contains(best)
            && !adjRibsOut.IsBehind(peer.Index, row);
        return new ExplainedAdvertisement(
            name,
            isTold ? AdvertisementState.Advertised : AdvertisementState.Pending,
            verdict,
            isTold ? _describer.Sent(family, row, best, key) with { IsBest = true } : null)
        {
            Policy = steps,
        };
    }
}
