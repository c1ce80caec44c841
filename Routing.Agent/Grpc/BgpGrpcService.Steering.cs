using Google.Protobuf;
using Grpc.Core;
using Routing.Agent.Grpc.Protocol;
using Routing.Bgp.Mrt;
using Routing.Bgp.Speaker;

namespace Routing.Agent.Grpc;

/// <summary>What operators do to sessions, and dumps.</summary>
internal sealed partial class BgpGrpcService
{
    public override async Task<SteeringReply> ClearPeer(ClearPeerRequest request, ServerCallContext context)
    {
        var speaker = Speaker();
        var name = FindPeer(speaker, request.Name);
        return request.How switch
        {
            ClearPeerRequest.Types.How.SoftIn => Reply(name,
                await speaker.RefreshInAsync(name, context.CancellationToken), "asked for its routes again"),
            ClearPeerRequest.Types.How.SoftOut => Reply(name,
                await speaker.RefreshOutAsync(name, context.CancellationToken), "is sent its routes again"),
            _ => await speaker.ResetAsync(name, NullIfEmpty(request.Reason), context.CancellationToken)
                ? new SteeringReply { Peer = name, Done = "reset" }
                : throw Refused($"{name} is shut down: enable it first"),
        };
    }

    public override async Task<SteeringReply> ShutdownPeer(ShutdownPeerRequest request, ServerCallContext context)
    {
        var speaker = Speaker();
        var name = FindPeer(speaker, request.Name);
        await speaker.ShutdownAsync(name, NullIfEmpty(request.Reason), context.CancellationToken);
        return new SteeringReply { Peer = name, Done = "shut down" };
    }

    public override async Task<SteeringReply> EnablePeer(EnablePeerRequest request, ServerCallContext context)
    {
        var speaker = Speaker();
        var name = FindPeer(speaker, request.Name);
        return await speaker.EnableAsync(name, context.CancellationToken)
            ? new SteeringReply { Peer = name, Done = "enabled" }
            : throw Refused($"{name} is not shut down");
    }

    public override async Task DumpTable(
        DumpTableRequest request, IServerStreamWriter<DumpPiece> responseStream, ServerCallContext context)
    {
        var table = request.Table == DumpTableRequest.Types.Table.Best ? MrtTable.LocRib : MrtTable.AdjRibIn;
        await using var stream = new PieceStream(piece => responseStream.WriteAsync(
            new DumpPiece { Octets = ByteString.CopyFrom(piece.Span) }, context.CancellationToken));
        await Speaker().DumpTableAsync(table, stream, context.CancellationToken);
    }

    private static SteeringReply Reply(string name, RefreshOutcome outcome, string done) => outcome switch
    {
        RefreshOutcome.Begun => new SteeringReply { Peer = name, Done = done },
        RefreshOutcome.NotOffered => throw Refused(
            $"{name} cannot send its routes again: it offers no route refresh (RFC 2918). What it sent is held, and a "
            + "changed policy is applied to it by itself"),
        _ => throw Refused($"{name} is not Established: its next session begins with all routes"),
    };

    private static RpcException Refused(string why) => new(new Status(StatusCode.FailedPrecondition, why));

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
