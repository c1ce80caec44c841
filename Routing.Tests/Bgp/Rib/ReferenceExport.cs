using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Tests.Bgp.Rib;

/// <summary>What every peer must hold, computed from scratch and from plain values: the oracle for whatever the RIB sent on
/// its way there.</summary>
internal sealed class ReferenceExport
{
    private readonly Dictionary<int, (bool External, bool Client)> _peers = [];
    private readonly Dictionary<(int Peer, Prefix Prefix), RouteModel> _announced = [];

    public void Add(int number, bool external, bool client) => _peers[number] = (external, client);

    public void SetClient(int number, bool client) => _peers[number] = (_peers[number].External, client);

    public void Announce(int number, RouteModel model, Prefix prefix) => _announced[(number, prefix)] = model;

    public void Withdraw(int number, Prefix prefix) => _announced.Remove((number, prefix));

    public void Down(int number)
    {
        foreach (var key in _announced.Keys.Where(key => key.Peer == number).ToList())
        {
            _announced.Remove(key);
        }
    }

    /// <summary>The table of one peer.</summary>
    public Dictionary<Prefix, RouteModel> TableOf(int receiver) => _announced.Keys
        .Select(key => key.Prefix)
        .Distinct()
        .Select(prefix => (Prefix: prefix, Model: Best(prefix) is { } best ? Export(best.Peer, best.Model, receiver, prefix.Family) : null))
        .Where(route => route.Model is not null)
        .ToDictionary(route => route.Prefix, route => route.Model!);

    public (int Peer, RouteModel Model)? Best(Prefix prefix)
    {
        var candidates = _announced
            .Where(route => route.Key.Prefix == prefix && !route.Value.AsPath.Contains(RibHarness.OwnAsn)
                && route.Value.Originator != RibHarness.OwnId && !route.Value.Clusters.Contains(RibHarness.OwnId))
            .Select(route => new Candidate(route.Key.Peer, SourceOf(route.Key.Peer), InputsOf(route.Value)))
            .ToList();
        if (candidates.Count == 0)
        {
            return null;
        }

        var best = ReferenceDecisionProcess.Select(candidates).Best.Path;
        return (best, _announced[(best, prefix)]);
    }

    private RouteModel? Export(int source, RouteModel model, int receiver, AfiSafi family)
    {
        var (from, to) = (_peers[source], _peers[receiver]);
        if (source == receiver || (!from.External && !to.External && !from.Client && !to.Client))
        {
            return null;
        }

        if (to.External)
        {
            return model with
            {
                AsPath = model.AsPath.Insert(0, RibHarness.OwnAsn),
                NextHop = Prefix.ToInteger(family == AfiSafi.IPv4Unicast ? RibHarness.OwnIPv4 : RibHarness.OwnIPv6),
                Med = null,
                LocalPref = null,
                Originator = null,
                Clusters = [],
            };
        }

        var told = model with { LocalPref = model.LocalPref ?? 100 };
        return from.External ? told : told with
        {
            Originator = model.Originator ?? 0x0A000000 + (uint)source,
            Clusters = model.Clusters.Insert(0, RibHarness.OwnId),
        };
    }

    private PathSource SourceOf(int number) => new(
        _peers[number].External ? PathSourceKind.External : PathSourceKind.Internal,
        0x0A000000 + (uint)number,
        Prefix.ToInteger(RibHarness.Address(number).MapToIPv6()),
        _peers[number].Client);

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
