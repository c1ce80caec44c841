using Grpc.Core;
using Routing.Agent.Grpc.Protocol;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.Speaker;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Agent.Grpc;

/// <summary>The BGP service over a running speaker; for the agent and for `routing bgp serve` alike.</summary>
/// <param name="source">Where the speaker is found: it may be replaced while the process runs.</param>
/// <param name="time">The clock.</param>
internal sealed class BgpGrpcService(ISpeakerSource source, TimeProvider time) : BgpApi.BgpApiBase
{
    public override async Task<SummaryReply> GetSummary(GetSummaryRequest request, ServerCallContext context)
    {
        var speaker = Speaker();
        var tables = await speaker.GetTablesAsync(context.CancellationToken);
        var reply = new SummaryReply
        {
            Asn = source.Asn,
            RouterId = source.RouterId,
            Paths = (uint)tables.Paths,
            AttributeSets = (uint)tables.AttributeSets,
        };
        reply.Families.AddRange(tables.Families.Select(family => new FamilySummary
        {
            Family = Families.NameOf(family.Family),
            Prefixes = (uint)family.Prefixes,
            Originated = (uint)family.Originated,
            Converged = family.HasConverged,
        }));
        reply.Peers.AddRange(await PeersAsync(speaker, context.CancellationToken));
        return reply;
    }

    public override async Task<ListPeersReply> ListPeers(ListPeersRequest request, ServerCallContext context)
    {
        var peers = await PeersAsync(Speaker(), context.CancellationToken);
        var reply = new ListPeersReply { Asn = source.Asn, RouterId = source.RouterId };
        reply.Peers.AddRange(request.Name.Length == 0 ? peers : [Find(peers, request.Name)]);
        return reply;
    }

    public override async Task ListRoutes(
        ListRoutesRequest request, IServerStreamWriter<RoutePath> responseStream, ServerCallContext context)
    {
        Prefix? prefix = null;
        if (request.Prefix.Length > 0)
        {
            prefix = Prefix.TryParse(request.Prefix, out var parsed) ? parsed : throw new RpcException(
                new Status(StatusCode.InvalidArgument, $"'{request.Prefix}' is not a prefix"));
        }

        var query = new RouteQuery { Prefix = prefix, Longer = prefix is not null, Family = prefix?.Family };
        await foreach (var route in Speaker().GetRoutesAsync(query, context.CancellationToken))
        {
            foreach (var path in route.Paths)
            {
                if (path.IsBest || !request.BestOnly)
                {
                    await responseStream.WriteAsync(ToProtocol(route.Prefix, path), context.CancellationToken);
                }
            }
        }
    }

    private BgpSpeaker Speaker() => source.Current ?? throw new RpcException(
        new Status(StatusCode.FailedPrecondition, $"BGP is not running: {source.NotRunningReason}"));

    private async Task<List<Peer>> PeersAsync(BgpSpeaker speaker, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var peers = await speaker.GetPeersAsync(cancellationToken);
        return [.. peers.Select(peer => PeerTranslator.Translate(peer, now))];
    }

    /// <summary>By name, or by address, which is what a log line of the other side has.</summary>
    private static Peer Find(List<Peer> peers, string name) =>
        peers.Find(peer => peer.Name == name) ?? peers.Find(peer => peer.Address == name)
        ?? throw new RpcException(new Status(StatusCode.NotFound, peers.Count == 0
            ? $"no peer '{name}': there are none"
            : $"no peer '{name}': there are {string.Join(", ", peers.Select(peer => peer.Name))}"));

    private static RoutePath ToProtocol(Prefix prefix, PathStatus path)
    {
        var result = new RoutePath
        {
            Prefix = prefix.ToString(),
            Best = path.IsBest,
            Local = path.IsLocal,
            NextHop = path.NextHop?.ToString() ?? "",
            Peer = path.Peer ?? "",
            AsPath = path.AsPath,
            Origin = path.Origin,
            Reason = path.Reason.ToString(),
            Stale = path.IsStale,
            OriginatorId = path.OriginatorId?.ToString() ?? "",
        };
        result.Communities.AddRange(path.Communities);
        result.ClusterList.AddRange(path.ClusterList.Select(each => each.ToString()));
        if (path.LocalPref is { } localPref)
        {
            result.LocalPref = localPref;
        }

        if (path.MultiExitDisc is { } med)
        {
            result.MultiExitDisc = med;
        }

        return result;
    }
}
