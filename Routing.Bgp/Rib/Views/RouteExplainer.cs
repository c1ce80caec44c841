using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Views;

/// <summary>Explains one prefix. Nothing is stored for this: the reference decision process and the export rules run again
/// for the one prefix, on the RIB's thread.</summary>
internal sealed class RouteExplainer(RibTables rib)
{
    private readonly PathDescriber _describer = new(rib);
    private readonly AdvertisementExplainer _advertisements = new(rib, new PathDescriber(rib));

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
        var held = _describer.HeldWithIndex(family, row);
        var eligible = held.Where(each => each.Status.IsCandidate).ToList();
        return new RouteExplanation(
            rib[family].LocRib.Prefixes.PrefixOf(row),
            best == 0 ? null : reasons[best],
            [.. held.Select(each => ExplainPath(family, row, each.Path, each.Status, best, candidates))],
            [
                .. rib.Peers.Values.OrderBy(peer => peer.Config.Name, StringComparer.Ordinal)
                    .Select(peer => _advertisements.Explain(family, row, eligible, peer)),
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
}
