using System.Globalization;
using Grpc.Core;
using Routing.Agent.Grpc.Protocol;
using Routing.Bgp.Speaker.Watch;

namespace Routing.Agent.Grpc;

/// <summary>What goes on, live.</summary>
internal sealed partial class BgpGrpcService
{
    public override async Task Watch(
        WatchRequest request, IServerStreamWriter<WatchEvent> responseStream, ServerCallContext context)
    {
        var speaker = Speaker();
        var filter = new WatchFilter
        {
            Peer = request.Peer.Length == 0 ? null : FindPeer(speaker, request.Peer),
            Prefix = request.Prefix.Length == 0 ? null : ReadPrefix(request.Prefix).Prefix,
        };
        await foreach (var @event in speaker.WatchAsync(filter, context.CancellationToken))
        {
            // Waits while the watcher does not read; meanwhile its bounded queue fills, and then it loses.
            await responseStream.WriteAsync(Translate(@event), context.CancellationToken);
        }
    }

    private static WatchEvent Translate(SpeakerEvent @event)
    {
        var result = new WatchEvent
        {
            Time = @event.Time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            Kind = @event.Kind.ToString(),
            Peer = @event.Peer,
            From = @event.From?.ToString() ?? "",
            To = @event.To?.ToString() ?? "",
            Prefix = @event.Prefix?.ToString() ?? "",
            PathId = @event.PathId,
            Family = @event.Family is { } family ? Families.NameOf(family) : "",
            Text = @event.Text ?? "",
            Lost = (ulong)@event.Lost,
        };
        if (@event is { Path: { } path, Prefix: { } prefix })
        {
            result.Path = RouteTranslator.Translate(prefix, path);
            result.Path.Reason = ""; // nothing has been decided about what is on the wire
        }

        return result;
    }
}
