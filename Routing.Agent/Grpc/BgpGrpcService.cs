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
    public override async Task<ListPeersReply> ListPeers(ListPeersRequest request, ServerCallContext context)
    {
        var speaker = Speaker();
        var reply = new ListPeersReply { Asn = source.Asn, RouterId = source.RouterId };
        foreach (var peer in await speaker.GetPeersAsync(context.CancellationToken))
        {
            reply.Peers.Add(ToProtocol(peer));
        }

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

    private Peer ToProtocol(PeerStatus peer)
    {
        var result = new Peer
        {
            Name = peer.Name,
            Address = peer.Address.ToString(),
            Asn = peer.Asn,
            State = peer.State.ToString(),
            StateSeconds = (time.GetUtcNow() - peer.Since).TotalSeconds,
            MessagesReceived = (ulong)peer.MessagesReceived,
            MessagesSent = (ulong)peer.MessagesSent,
            HoldSeconds = peer.HoldTime.TotalSeconds,
            LastError = peer.LastError ?? "",
        };
        result.Families.AddRange(peer.Families.Select(family => new PeerFamily
        {
            Family = Families.NameOf(family.Family),
            Received = (uint)family.Received,
            Accepted = (uint)family.Accepted,
            Stale = (uint)family.Stale,
            Advertised = (uint)family.Advertised,
        }));
        return result;
    }

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
