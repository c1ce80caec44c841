using Routing.Cni.Protocol;

namespace Routing.Cni.Json;

/// <summary>A route of a result.</summary>
internal sealed class RouteJson
{
    public string Dst { get; init; } = "";

    public string? Gw { get; init; }

    public static RouteJson FromMessage(Route message) =>
        new() { Dst = message.Dst, Gw = message.Gw.Length > 0 ? message.Gw : null };

    public Route ToMessage() => new() { Dst = Dst, Gw = Gw ?? "" };
}
