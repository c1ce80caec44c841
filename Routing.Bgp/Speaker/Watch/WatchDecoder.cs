using System.Net;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Rib.Views;
using Routing.Bgp.Session;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Speaker.Watch;

/// <summary>Messages as events, on the watcher's task. UPDATEs are read by the same <see cref="UpdateIntake"/> as the
/// session's own, so the watcher sees what the RIB sees.</summary>
internal sealed class WatchDecoder(WatchFilter filter)
{
    /// <summary>The events of a message, in the order in which the RIB takes them.</summary>
    public IReadOnlyList<SpeakerEvent> Decode(in WatchedMessage message)
    {
        if (message.Body is not { } body)
        {
            return [Event(message, SpeakerEventKind.State) with { From = message.From, To = message.To }];
        }

        return message.Type switch
        {
            MessageType.Notification =>
            [
                Event(message, SpeakerEventKind.Notification) with { Text = NotificationMessage.Decode(body).ToString() },
            ],
            MessageType.RouteRefresh when RouteRefreshMessage.TryDecode(body, out var refresh, out _) =>
            [
                Event(message, SpeakerEventKind.RouteRefresh) with { Family = refresh.Family },
            ],
            MessageType.RouteRefresh => [],
            _ => DecodeUpdate(message, body),
        };
    }

    private static SpeakerEvent Event(in WatchedMessage message, SpeakerEventKind kind) =>
        new(message.Time, kind, message.Ends.Name);

    private List<SpeakerEvent> DecodeUpdate(in WatchedMessage message, byte[] body)
    {
        var events = new List<SpeakerEvent>();
        if (message.Ends.Context is not { } context)
        {
            return events; // an UPDATE before Established: the change of state that follows tells it
        }

        var intake = new UpdateIntake(PeerIndex.Local, context);
        intake.Add(body, out var error);
        if (error is not null)
        {
            events.Add(Event(message, SpeakerEventKind.UpdateError) with { Text = error.Reason });
        }

        if (intake.HasEntries)
        {
            var batch = intake.TakeBatch();
            for (var i = 0; i < batch.EntryCount; i++)
            {
                AddEntry(events, message, batch, batch.Entries[i]);
            }

            UpdateBatchPool.Return(batch);
        }

        return events;
    }

    private void AddEntry(
        List<SpeakerEvent> events, in WatchedMessage message, UpdateBatch batch, in UpdateEntry entry)
    {
        if (entry.Kind == UpdateEntryKind.EndOfRib)
        {
            events.Add(Event(message, SpeakerEventKind.EndOfRib) with { Family = entry.Family });
            return;
        }

        var isAnnounced = entry.Kind == UpdateEntryKind.Announce;
        var path = isAnnounced
            ? Describe(message.Ends.Name, batch.Octets.AsSpan(entry.AttributesOffset, entry.AttributesLength))
            : null;
        var nlri = new NlriCursor(
            entry.Family, batch.Octets.AsSpan(entry.NlriOffset, entry.NlriLength), entry.HasPathIds);
        while (nlri.TryRead(out var prefix, out var pathId))
        {
            if (filter.Prefix is null || filter.Prefix.Value.Contains(prefix))
            {
                events.Add(Event(message, isAnnounced ? SpeakerEventKind.Announce : SpeakerEventKind.Withdraw) with
                {
                    Prefix = prefix,
                    PathId = pathId,
                    Path = path,
                });
            }
        }
    }

    private static PathStatus Describe(string peer, ReadOnlySpan<byte> canonical)
    {
        AttributeCursor.TryFind(canonical, AttributeType.NextHop, out var nextHop);
        return new AttributeText(canonical).ToStatus() with
        {
            Peer = peer,
            NextHop = nextHop.IsEmpty ? null : new IPAddress(nextHop[..Math.Min(16, nextHop.Length)]),
        };
    }
}
