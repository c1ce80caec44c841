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
    private readonly Dictionary<Prefix, Dictionary<int, RouteModel>> _announced = [];

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

    public void Announce(int number, RouteModel model, Prefix prefix)
    {
        _announced.TryAdd(prefix, []);
        _announced[prefix][number] = model;
    }

    public void Withdraw(int number, Prefix prefix)
    {
        if (_announced.TryGetValue(prefix, out var sources))
        {
            sources.Remove(number);
        }
    }

    public void Down(int number)
    {
        foreach (var sources in _announced.Values)
        {
            sources.Remove(number);
        }
    }

    /// <summary>The table of one peer.</summary>
    public Dictionary<Prefix, RouteModel> TableOf(int receiver) => _announced.Keys
        .Select(prefix => (Prefix: prefix, Model: Best(prefix) is { } best ? Export(best.Peer, best.Model, receiver, prefix.Family) : null))
        .Where(route => route.Model is not null)
        .ToDictionary(route => route.Prefix, route => route.Model!);

    public (int Peer, RouteModel Model)? Best(Prefix prefix)
    {
        var candidates = _announced.GetValueOrDefault(prefix, [])
            .Where(route => !route.Value.AsPath.Contains(OwnAsn)
                && route.Value.Originator != OwnId && !route.Value.Clusters.Contains(OwnId))
            .Select(route => new Candidate(route.Key, _peers[route.Key], InputsOf(route.Value)))
            .ToList();
        if (candidates.Count == 0)
        {
            return null;
        }

        var best = ReferenceDecisionProcess.Select(candidates).Best.Path;
        return (best, _announced[prefix][best]);
    }

    private RouteModel? Export(int source, RouteModel model, int receiver, AfiSafi family)
    {
        var (from, to) = (_peers[source], _peers[receiver]);
        if (source == receiver
            || (from.Kind == PathSourceKind.Internal && to.Kind == PathSourceKind.Internal && !from.IsClient && !to.IsClient))
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
