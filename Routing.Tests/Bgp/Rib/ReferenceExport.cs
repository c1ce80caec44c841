using System.Net;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Tests.Bgp.Rib;

/// <summary>What every peer must hold, computed from scratch and from plain values: the oracle for whatever the RIB sent on
/// its way there.</summary>
internal sealed class ReferenceExport
{
    /// <summary>Number of the speaker itself among the sources.</summary>
    public const int Local = 0;

    private readonly Dictionary<int, PathSource> _peers = [];
    private readonly Dictionary<Prefix, Dictionary<(int Source, uint PathId), RouteModel>> _announced = [];

    public uint OwnAsn { get; init; } = RibHarness.OwnAsn;

    public uint OwnId { get; init; } = RibHarness.OwnId;

    public IPAddress OwnIPv4 { get; init; } = RibHarness.OwnIPv4;

    public IPAddress OwnIPv6 { get; init; } = RibHarness.OwnIPv6;

    public void Add(int number, bool external, bool client) => Add(number, new PathSource(
        external ? PathSourceKind.External : PathSourceKind.Internal,
        0x0A000000 + (uint)number,
        Prefix.ToInteger(RibHarness.Address(number).MapToIPv6()),
        client));

    public void Add(int number, PathSource source) => _peers[number] = source;

    public void SetClient(int number, bool client) => _peers[number] = _peers[number] with { IsClient = client };

    public void Announce(int number, RouteModel model, Prefix prefix, uint pathId = 0)
    {
        _announced.TryAdd(prefix, []);
        _announced[prefix][(number, pathId)] = model;
    }

    public void Withdraw(int number, Prefix prefix, uint pathId = 0)
    {
        if (_announced.TryGetValue(prefix, out var paths))
        {
            paths.Remove((number, pathId));
        }
    }

    public void Down(int number)
    {
        foreach (var paths in _announced.Values)
        {
            foreach (var path in paths.Keys.Where(path => path.Source == number).ToList())
            {
                paths.Remove(path);
            }
        }
    }

    /// <summary>The table of one peer.</summary>
    public Dictionary<Prefix, RouteModel> TableOf(int receiver) => _announced.Keys
        .Select(prefix => (Prefix: prefix, Model: Best(prefix) is { } best ? Export(best.Peer, best.Model, receiver, prefix.Family) : null))
        .Where(route => route.Model is not null)
        .ToDictionary(route => route.Prefix, route => route.Model!);

    /// <summary>The table of a peer that takes several paths of a prefix: the best that are exported, up to a
    /// maximum.</summary>
    public IReadOnlyList<(Prefix Prefix, RouteModel Model)> PathsOf(int receiver, int maximum) =>
    [
        .. _announced.Keys.SelectMany(prefix => Ranked(prefix)
            .Where(path => GoesTo(path.Peer, receiver))
            .Take(maximum)
            .Where(path => path.Peer != receiver)
            .Select(path => (prefix, Export(path.Peer, path.Model, receiver, prefix.Family)!))),
    ];

    public (int Peer, RouteModel Model)? Best(Prefix prefix) => Ranked(prefix) is [var best, ..] ? best : null;

    /// <summary>The candidates: the best, the best of the others, and so on.</summary>
    private List<(int Peer, RouteModel Model)> Ranked(Prefix prefix)
    {
        var paths = _announced.GetValueOrDefault(prefix, [])
            .Where(route => !route.Value.AsPath.Contains(OwnAsn)
                && route.Value.Originator != OwnId && !route.Value.Clusters.Contains(OwnId))
            .ToList();
        var left = paths.Select((route, i) =>
            new Candidate(i, _peers[route.Key.Source], InputsOf(route.Value), route.Key.PathId)).ToList();
        var ranked = new List<(int Peer, RouteModel Model)>();
        while (left.Count > 0)
        {
            var best = ReferenceDecisionProcess.Select(left).Best;
            left.Remove(best);
            ranked.Add((paths[best.Path].Key.Source, paths[best.Path].Value));
        }

        return ranked;
    }

    private RouteModel? Export(int source, RouteModel model, int receiver, AfiSafi family)
    {
        var (from, to) = (_peers[source], _peers[receiver]);
        if (source == receiver || !GoesTo(source, receiver))
        {
            return null;
        }

        var self = Prefix.ToInteger(family == AfiSafi.IPv4Unicast ? OwnIPv4 : OwnIPv6);
        if (to.Kind == PathSourceKind.External)
        {
            return model with
            {
                AsPath = model.AsPath.Insert(0, OwnAsn),
                NextHop = self,
                Med = null,
                LocalPref = null,
                Originator = null,
                Clusters = [],
            };
        }

        var told = model with { LocalPref = model.LocalPref ?? 100 };
        return from.Kind switch
        {
            PathSourceKind.Local => told with { NextHop = self },
            PathSourceKind.External => told,
            _ => told with
            {
                Originator = model.Originator ?? from.Identifier,
                Clusters = model.Clusters.Insert(0, OwnId),
            },
        };
    }

    /// <summary>By the kinds of both, whoever they are (RFC 4456 §6).</summary>
    private bool GoesTo(int source, int receiver)
    {
        var (from, to) = (_peers[source], _peers[receiver]);
        return from.Kind != PathSourceKind.Internal || to.Kind != PathSourceKind.Internal || from.IsClient || to.IsClient;
    }

    private static DecisionInputs InputsOf(RouteModel model) => new()
    {
        Origin = model.Origin,
        AsPathLength = (ushort)model.AsPath.Length,
        NeighborAsn = model.AsPath.IsEmpty ? 0 : model.AsPath[0],
        Med = model.Med ?? 0,
        LocalPref = model.LocalPref ?? 100,
        OriginatorId = model.Originator ?? 0,
        ClusterListLength = (ushort)model.Clusters.Length,
        Traits = model.Originator is null ? 0 : AttributeTraits.HasOriginatorId,
    };
}
