using Routing.Bgp.Rib.Tables;

namespace Routing.Bgp.Rib.Decision;

/// <summary>Phase 2 of the decision process as RFC 4271 §9.1.2.2 tells it: one method a step, each narrowing the set that is
/// left. Slow and obvious: the oracle of <see cref="DecisionProcess"/> and the engine of explanations.</summary>
/// <remarks>Before step a stand long-lived staleness (RFC 9494 §4.3), our own routes, the weight that an import policy gave,
/// the degree of preference (§9.1.1), and AIGP (RFC 7311 §4.1).</remarks>
internal static class ReferenceDecisionProcess
{
    private static readonly (DecisionStep Step, Func<List<Candidate>, List<Candidate>> Narrow)[] UpToMultipath =
    [
        (DecisionStep.NotLongLivedStale, PreferNotLongLivedStale),
        (DecisionStep.LocallyOriginated, PreferLocal),
        (DecisionStep.HigherWeight, PreferHigherWeight),
        (DecisionStep.HigherLocalPref, PreferHigherLocalPref),
        (DecisionStep.LowerAigp, PreferLowerAigp),
        (DecisionStep.ShorterAsPath, PreferShorterAsPath),
        (DecisionStep.LowerOrigin, PreferLowerOrigin),
        (DecisionStep.LowerMed, PreferLowerMed),
        (DecisionStep.ExternalOverInternal, PreferExternal),
        (DecisionStep.LowerInteriorCost, PreferLowerInteriorCost),
    ];

    private static readonly (DecisionStep Step, Func<List<Candidate>, List<Candidate>> Narrow)[] TieBreaks =
    [
        (DecisionStep.LowerBgpIdentifier, PreferLowerIdentifier),
        (DecisionStep.ShorterClusterList, PreferShorterClusterList),
        (DecisionStep.LowerPeerAddress, PreferLowerPeerAddress),
        (DecisionStep.LowerPathId, PreferLowerPathId),
    ];

    /// <summary>The best of at least one candidate, and the step that left it alone.</summary>
    public static (Candidate Best, DecisionStep Step) Select(IEnumerable<Candidate> candidates)
    {
        var left = candidates.ToList();
        var decidedBy = DecisionStep.OnlyPath;
        foreach (var (step, narrow) in UpToMultipath.Concat(TieBreaks))
        {
            var narrowed = narrow(left);
            decidedBy = narrowed.Count < left.Count ? step : decidedBy;
            left = narrowed;
        }

        return (left[0], decidedBy);
    }

    /// <summary>Candidates that no step before the tie-breaks tells apart from the best.</summary>
    /// <param name="candidates">All of them.</param>
    /// <param name="mixed">External and internal ones may stand together.</param>
    public static IReadOnlyList<Candidate> SelectMultipath(IEnumerable<Candidate> candidates, bool mixed = false) =>
        UpToMultipath.Where(step => !mixed || step.Step != DecisionStep.ExternalOverInternal)
            .Aggregate(candidates.ToList(), (left, step) => step.Narrow(left));

    /// <summary>For every candidate the step that took it out, and for the best the step that took out its last
    /// competitor.</summary>
    /// <returns>Steps by <see cref="Candidate.Path"/>.</returns>
    public static IReadOnlyDictionary<int, DecisionStep> Explain(IReadOnlyList<Candidate> candidates)
    {
        var reasons = candidates.ToDictionary(candidate => candidate.Path, _ => DecisionStep.OnlyPath);
        var left = candidates.ToList();
        foreach (var (step, narrow) in candidates.Count < 2 ? [] : UpToMultipath.Concat(TieBreaks))
        {
            var narrowed = narrow(left);
            foreach (var candidate in narrowed.Count < left.Count ? left : [])
            {
                reasons[candidate.Path] = step;
            }

            left = narrowed;
        }

        return reasons;
    }

    private static List<Candidate> PreferNotLongLivedStale(List<Candidate> left) =>
        KeepLeast(left, c => c.Inputs.Has(AttributeTraits.LongLivedStale));

    private static List<Candidate> PreferLocal(List<Candidate> left) =>
        left.Exists(c => c.Source.Kind == PathSourceKind.Local)
            ? left.FindAll(c => c.Source.Kind == PathSourceKind.Local)
            : left;

    private static List<Candidate> PreferHigherWeight(List<Candidate> left) =>
        KeepLeast(left, c => uint.MaxValue - c.Inputs.Weight);

    private static List<Candidate> PreferHigherLocalPref(List<Candidate> left) =>
        KeepLeast(left, c => uint.MaxValue - c.Inputs.LocalPref);

    /// <summary>RFC 7311 §4.1: when one has AIGP, those without are out; then the lowest is left.</summary>
    private static List<Candidate> PreferLowerAigp(List<Candidate> left) => left.Exists(c => c.Aigp is not null)
        ? KeepLeast(left.FindAll(c => c.Aigp is not null), c => c.Aigp!.Value)
        : left;

    private static List<Candidate> PreferShorterAsPath(List<Candidate> left) => KeepLeast(left, c => c.Inputs.AsPathLength);

    private static List<Candidate> PreferLowerOrigin(List<Candidate> left) => KeepLeast(left, c => c.Inputs.Origin);

    /// <summary>MEDs of different neighbour ASes are not comparable, so a path only loses to one of its own neighbour AS;
    /// every pair is looked at, which makes the outcome independent of the order of arrival.</summary>
    private static List<Candidate> PreferLowerMed(List<Candidate> left) =>
        left.FindAll(m => !left.Exists(
            n => n.Inputs.NeighborAsn == m.Inputs.NeighborAsn && n.Inputs.Med < m.Inputs.Med));

    private static List<Candidate> PreferExternal(List<Candidate> left) =>
        left.Exists(c => c.Source.Kind == PathSourceKind.External)
            ? left.FindAll(c => c.Source.Kind == PathSourceKind.External)
            : left;

    private static List<Candidate> PreferLowerInteriorCost(List<Candidate> left) => KeepLeast(left, c => c.InteriorCost);

    private static List<Candidate> PreferLowerIdentifier(List<Candidate> left) =>
        KeepLeast(left, c => c.Inputs.Has(AttributeTraits.HasOriginatorId) ? c.Inputs.OriginatorId : c.Source.Identifier);

    private static List<Candidate> PreferShorterClusterList(List<Candidate> left) =>
        KeepLeast(left, c => c.Inputs.ClusterListLength);

    private static List<Candidate> PreferLowerPeerAddress(List<Candidate> left) => KeepLeast(left, c => c.Source.Address);

    private static List<Candidate> PreferLowerPathId(List<Candidate> left) => KeepLeast(left, c => c.PathId);

    private static List<Candidate> KeepLeast<TKey>(List<Candidate> left, Func<Candidate, TKey> key)
        where TKey : IComparable<TKey>
    {
        var least = left.Min(key)!;
        return left.FindAll(c => key(c).CompareTo(least) == 0);
    }
}
