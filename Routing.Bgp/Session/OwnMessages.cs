using System.Collections.Immutable;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Session;

/// <summary>The messages that a session itself sends a peer, beside those of the RIB.</summary>
internal static class OwnMessages
{
    /// <summary>Queues our OPEN.</summary>
    public static void SendOpen(this OutputQueue output, OpenMessage open)
    {
        var writer = new WireWriter(stackalloc byte[MessageHeader.MaxMessageLength]);
        open.Encode(ref writer);
        output.WriteOwn(writer.Written);
    }

    /// <summary>Queues a KEEPALIVE.</summary>
    public static void SendKeepalive(this OutputQueue output)
    {
        var writer = new WireWriter(stackalloc byte[MessageHeader.MaxMessageLength]);
        KeepaliveMessage.Encode(ref writer);
        output.WriteOwn(writer.Written);
    }

    /// <summary>Queues a NOTIFICATION, behind which nothing goes out.</summary>
    public static void SendNotification(this OutputQueue output, NotificationMessage notification)
    {
        var writer = new WireWriter(stackalloc byte[MessageHeader.MaxMessageLength]);
        notification.Encode(ref writer);
        output.Complete(writer.Written);
    }

    /// <summary>Asks for all routes of families again (RFC 2918 §4).</summary>
    public static void RequestRoutes(this OutputQueue output, ImmutableArray<AfiSafi> families)
    {
        foreach (var family in families)
        {
            output.Send(new RouteRefreshMessage(family));
        }
    }

    /// <summary>Tells the peer which routes of a family we want, before it sends any (RFC 5291 §6).</summary>
    public static void SendFilters(this OutputQueue output, AfiSafi family, ImmutableArray<PrefixOrf> filters)
    {
        while (!filters.IsEmpty)
        {
            // The last message asks for the routes.
            var isLast = filters.Length <= RouteRefreshMessage.MostFilters;
            var message = new RouteRefreshMessage(family)
            {
                Filters = isLast ? filters : filters[..RouteRefreshMessage.MostFilters],
                IsDeferred = !isLast,
            };
            output.Send(message);
            filters = filters[message.Filters.Length..];
        }
    }

    private static void Send(this OutputQueue output, RouteRefreshMessage message)
    {
        var writer = new WireWriter(stackalloc byte[MessageHeader.MaxMessageLength]);
        message.Encode(ref writer);
        output.WriteOwn(writer.Written);
    }
}
