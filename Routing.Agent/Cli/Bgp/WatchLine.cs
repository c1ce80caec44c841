using System.Globalization;
using Routing.Agent.Grpc.Protocol;

namespace Routing.Agent.Cli.Bgp;

/// <summary>An event of a watch as a line: time, peer, what, and the rest.</summary>
internal static class WatchLine
{
    public static string Format(WatchEvent @event)
    {
        var time = DateTime.Parse(@event.Time, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{time:HH:mm:ss.fff} {(@event.Peer.Length > 0 ? @event.Peer : "-")} {Describe(@event)}");
    }

    private static string Describe(WatchEvent @event) => @event.Kind switch
    {
        "State" when @event.From.Length == 0 => $"is {@event.To}",
        "State" => $"{@event.From} > {@event.To}{(@event.Text.Length > 0 ? $": {@event.Text}" : "")}",
        "Announce" => $"announces {Route(@event)}: next hop {@event.Path.NextHop}, {RouteText.Attributes(@event.Path)}",
        "Withdraw" => $"withdraws {Route(@event)}",
        "EndOfRib" => $"End-of-RIB {@event.Family}",
        "RouteRefresh" => $"wants all {@event.Family} routes again",
        "Notification" => $"NOTIFICATION {@event.Text}",
        "UpdateError" => $"UPDATE with an error: {@event.Text}",
        "Lost" => string.Create(CultureInfo.InvariantCulture, $"{@event.Lost} messages lost: this watcher is too slow"),
        _ => @event.Kind,
    };

    private static string Route(WatchEvent @event) => @event.PathId == 0 ? @event.Prefix
        : string.Create(CultureInfo.InvariantCulture, $"{@event.Prefix}#{@event.PathId}");
}
