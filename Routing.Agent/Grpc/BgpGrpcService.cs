using System.Net;
using Grpc.Core;
using Routing.Agent.Grpc.Protocol;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.Speaker;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Agent.Grpc;

/// <summary>The BGP service over a running speaker; for the agent and for `routing bgp serve` alike.</summary>
/// <param name="source">Where the speaker is found: it may be replaced while the process runs.</param>
/// <param name="time">The clock.</param>
internal sealed partial class BgpGrpcService(ISpeakerSource source, TimeProvider time) : BgpApi.BgpApiBase
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
        var now = time.GetUtcNow();
        reply.BmpStations.AddRange(
            speaker.GetBmpStations().Select(station => MonitoringTranslator.ToProtocol(station, now)));
        reply.MrtLogs.AddRange(speaker.GetMrtLogs().Select(MonitoringTranslator.ToProtocol));
        reply.MrtSources.AddRange(speaker.GetMrtSources().Select(MonitoringTranslator.ToProtocol));
        return reply;
    }

    public override async Task<ListPeersReply> ListPeers(ListPeersRequest request, ServerCallContext context)
    {
        var speaker = Speaker();
        var only = request.Name.Length == 0 ? null : FindPeer(speaker, request.Name);
        var peers = await PeersAsync(speaker, context.CancellationToken);
        var reply = new ListPeersReply { Asn = source.Asn, RouterId = source.RouterId };
        reply.Peers.AddRange(peers.Where(peer => only is null || peer.Name == only));
        return reply;
    }

    public override async Task ListRoutes(
        ListRoutesRequest request, IServerStreamWriter<RoutePath> responseStream, ServerCallContext context)
    {
        var speaker = Speaker();
        var query = ReadQuery(request, speaker);
        await foreach (var route in speaker.GetRoutesAsync(query, context.CancellationToken))
        {
            foreach (var path in route.Paths)
            {
                var message = RouteTranslator.Translate(route.Prefix, path);
                if (query.Table == RouteTable.Advertised)
                {
                    message.Reason = ""; // it was told; nothing was decided about it
                }

                // Waits while the asker does not read; the RIB goes on meanwhile.
                await responseStream.WriteAsync(message, context.CancellationToken);
            }
        }
    }

    public override async Task<ExplainReply> Explain(ExplainRequest request, ServerCallContext context)
    {
        var (prefix, isAddress) = ReadPrefix(request.Prefix);
        var explanation = await Speaker().ExplainAsync(prefix, isAddress, context.CancellationToken);
        return explanation is null
            ? throw new RpcException(new Status(StatusCode.NotFound, $"no path to {request.Prefix}"))
            : RouteTranslator.Translate(explanation);
    }

    public override Task<RpkiReply> GetRpki(GetRpkiRequest request, ServerCallContext context) =>
        Task.FromResult(RpkiTranslator.Translate(Speaker().GetRpki(), time.GetUtcNow()));

    private BgpSpeaker Speaker() => source.Current ?? throw new RpcException(
        new Status(StatusCode.FailedPrecondition, $"BGP is not running: {source.NotRunningReason}"));

    private async Task<List<Peer>> PeersAsync(BgpSpeaker speaker, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var peers = await speaker.GetPeersAsync(cancellationToken);
        return [.. peers.Select(peer => PeerTranslator.Translate(peer, now))];
    }

    private static RouteQuery ReadQuery(ListRoutesRequest request, BgpSpeaker speaker)
    {
        if (request.ReceivedFrom.Length > 0 && request.AdvertisedTo.Length > 0)
        {
            throw Invalid("received from one peer and advertised to another are two questions; allowed is one of them");
        }

        var query = new RouteQuery { BestOnly = request.BestOnly, RejectedOnly = request.Rejected };
        if (request.Prefix.Length > 0)
        {
            var (prefix, isAddress) = ReadPrefix(request.Prefix);
            query = query with
            {
                Prefix = prefix,
                Family = prefix.Family,
                Match = request.Longer ? PrefixSelection.Longer
                    : isAddress ? PrefixSelection.LongestMatch : PrefixSelection.Exact,
            };
        }

        return request switch
        {
            { ReceivedFrom.Length: > 0 } => query with
            {
                Table = RouteTable.Received,
                Peer = FindPeer(speaker, request.ReceivedFrom),
            },
            { AdvertisedTo.Length: > 0 } => query with
            {
                Table = RouteTable.Advertised,
                Peer = FindPeer(speaker, request.AdvertisedTo),
            },
            _ => query,
        };
    }

    /// <summary>A prefix, or an address as a prefix of its full length.</summary>
    private static (Prefix Prefix, bool IsAddress) ReadPrefix(string text)
    {
        if (Prefix.TryParse(text, out var prefix))
        {
            return (prefix, false);
        }

        return !text.Contains('/') && IPAddress.TryParse(text, out var address)
            ? (Prefix.FromNetwork(new IPNetwork(address, address.GetAddressBytes().Length * 8)), true)
            : throw Invalid($"'{text}' is neither a prefix without host bits nor an address");
    }

    private static string FindPeer(BgpSpeaker speaker, string name) => speaker.FindPeer(name) ?? throw new RpcException(
        new Status(StatusCode.NotFound, speaker.PeerNames is { IsEmpty: false } names
            ? $"no peer '{name}': there are {string.Join(", ", names)}"
            : $"no peer '{name}': there are none"));

    private static RpcException Invalid(string problem) => new(new Status(StatusCode.InvalidArgument, problem));
}
