using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Export;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Views;

/// <summary>Paths decoded and decisions explained, for people: slow, obvious, computed when asked. Runs on the RIB's
/// thread.</summary>
internal sealed class PathDescriber(RibTables rib)
{
    /// <summary>All paths of a prefix, the best first, then as the decision process ranks them, those it may not choose
    /// last.</summary>
    /// <param name="family">The family.</param>
    /// <param name="row">The prefix.</param>
    /// <param name="asReceived">Show the attributes as the peers sent them, not what the import policy made of
    /// them.</param>
    public IEnumerable<PathStatus> Held(AfiSafi family, int row, bool asReceived = false) =>
        HeldWithIndex(family, row, asReceived).Select(each => each.Status);

    /// <inheritdoc cref="Held"/>
    public IReadOnlyList<(int Path, PathStatus Status)> HeldWithIndex(AfiSafi family, int row, bool asReceived = false)
    {
        var locRib = rib[family].LocRib;
        var paths = PathsOf(family, row);
        var candidates = CandidatesOf(paths);
        var reasons = ReferenceDecisionProcess.Explain(candidates);
        var best = locRib.BestOf(row);
        int[] equals = best == 0 || !rib.UsesMultipath ? [] : [.. locRib.MultipathOf(row)];
        return
        [
            .. paths.OrderBy(path => path != best)
                .ThenByDescending(path => reasons.TryGetValue(path, out var step) ? (int)step : -1)
                .ThenBy(path => rib.Paths[path].Peer)
                .Select(path => (path, WithValidity(path, Describe(family, path, asReceived) with
                {
                    IsBest = path == best,
                    IsMultipath = equals.Length > 1 && equals.Contains(path),
                    Reason = reasons.TryGetValue(path, out var step) ? step : ExclusionOf(path),
                    Policy = IsFiltered(path) ? PolicyStepStatus.Of(rib.PolicyTraces.OnImport(family, row, path)) : [],
                }, family, row))),
        ];

        bool IsFiltered(int path) => (rib.Paths[path].Flags & PathFlags.Filtered) != 0;
    }

    /// <summary>With what the RPKI says of the path as it was received.</summary>
    private PathStatus WithValidity(int path, PathStatus status, AfiSafi family, int row)
    {
        if (rib.Policies.Validity is not { } validity || status.IsLocal)
        {
            return status;
        }

        AttributeCursor.TryFind(rib.Attributes.Octets(rib.Paths.ReceivedOf(path)), AttributeType.AsPath, out var asPath);
        var peer = rib.Peers[new PeerIndex(rib.Paths[path].Peer)];
        var neighborAsn = peer.Session?.PeerAsn ?? AsPath.NeighbourAsn(asPath);
        return status with
        {
            OriginValidity = validity.OriginOf(rib[family].LocRib.Prefixes.PrefixOf(row), asPath),
            PathValidity = peer.Config.ImportProfile.Role is { } role ? validity.PathOf(asPath, neighborAsn, role) : null,
        };
    }

    /// <summary>What a peer was sent of a prefix, with the attributes it was sent.</summary>
    public IEnumerable<PathStatus> Advertised(AfiSafi family, int row, PeerIndex to)
    {
        var (locRib, adjRibsOut) = (rib[family].LocRib, rib[family].Out);
        return adjRibsOut.KeyOf(to) is not { } key ? [] :
        [
            .. adjRibsOut.PathsAdvertisedTo(to, row).Select(path => Sent(family, row, path, key) with
            {
                IsBest = path == locRib.BestOf(row),
                PathId = key.AddPaths > 0 ? (uint)path : 0,
            }),
        ];
    }

    /// <summary>Candidates of the decision process among paths.</summary>
    public List<Candidate> CandidatesOf(IEnumerable<int> paths) =>
    [
        .. paths.Where(path => rib.Paths[path].IsCandidate).Select(path => new Candidate(
            path,
            rib.Sources[rib.Paths[path].Peer],
            rib.Attributes.Inputs(rib.Paths[path].Attributes),
            rib.Paths.PathIdOf(path))
        {
            InteriorCost = rib.NextHops.CostOf(rib.Paths[path].Attributes),
            Aigp = rib.Attributes.AigpOf(rib.Paths[path].Attributes, rib.Sources[rib.Paths[path].Peer].AigpCost),
        }),
    ];

    /// <summary>Indexes of the paths of a prefix.</summary>
    public List<int> PathsOf(AfiSafi family, int row)
    {
        var paths = new List<int>();
        for (var path = rib[family].LocRib.Prefixes[row].FirstPath; path != 0; path = rib.Paths[path].Next)
        {
            paths.Add(path);
        }

        return paths;
    }

    /// <summary>Name of the peer of a path; null for a route of our own.</summary>
    public string? PeerOf(int path)
    {
        var peer = new PeerIndex(rib.Paths[path].Peer);
        return peer == PeerIndex.Local ? null : rib.Peers[peer].Config.Name;
    }

    /// <summary>Why a path is no candidate.</summary>
    public DecisionStep ExclusionOf(int path)
    {
        var flags = rib.Paths[path].Flags;
        return (flags & PathFlags.AsLoop) != 0 ? DecisionStep.AsLoop
            : (flags & PathFlags.ReflectionLoop) != 0 ? DecisionStep.ReflectionLoop
            : (flags & PathFlags.NextHopSelf) != 0 ? DecisionStep.NextHopIsSelf
            : (flags & PathFlags.RouteLeak) != 0 ? DecisionStep.RouteLeak
            : (flags & PathFlags.NoPolicy) != 0 ? DecisionStep.NoImportPolicy
            : (flags & (PathFlags.Unreachable | PathFlags.Filtered)) == PathFlags.Unreachable ? DecisionStep.NextHopUnreachable
            : DecisionStep.RejectedByFilter;
    }

    /// <summary>A path as peers with a key are sent it.</summary>
    public PathStatus Sent(AfiSafi family, int row, int path, ExportKey key)
    {
        var entry = rib.Paths[path];
        var set = rib.PolicyTraces.SentAttributes(family, row, path, key);
        ref readonly var inputs = ref rib.Attributes.Inputs(set);
        var edited = ExportEdits.Edit(
            new AttributeEditor(), rib.Attributes.Octets(set), inputs, rib.Sources[entry.Peer], key);
        var writer = new WireWriter(new byte[edited.Length + ExportAttributes.Growth]);
        ExportAttributes.Write(ref writer, edited, inputs, rib.Sources[entry.Peer], key, rib.Own, family);
        var nextHop = ExportAttributes.NextHop(key, rib.Sources[entry.Peer], inputs);
        var sent = Describe(path, writer.Written) with { NextHop = Prefix.ToAddress(family, nextHop) };
        rib.Attributes.Release(set);
        return sent;
    }

    private PathStatus Describe(AfiSafi family, int path, bool asReceived)
    {
        var attributes = asReceived ? rib.Paths.ReceivedOf(path) : rib.Paths[path].Attributes;
        var nextHop = rib.Attributes.Inputs(attributes).NextHop;
        return Describe(path, rib.Attributes.Octets(attributes)) with
        {
            NextHop = rib.Paths[path].Peer == PeerIndex.Local.Value ? null : Prefix.ToAddress(family, nextHop),
        };
    }

    private PathStatus Describe(int path, ReadOnlySpan<byte> attributes) =>
        new AttributeText(attributes).ToStatus() with
        {
            Peer = PeerOf(path),
            PathId = rib.Paths.PathIdOf(path),
            IsStale = (rib.Paths[path].Flags & PathFlags.Stale) != 0,
            IsCandidate = rib.Paths[path].IsCandidate,
            Age = rib.Clock.AgeOf(
                rib.Paths.SinceOf(path),
                rib.Peers.TryGetValue(new PeerIndex(rib.Paths[path].Peer), out var peer) ? peer.Since : 1),
        };
}
