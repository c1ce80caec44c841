using Routing.Cni.Protocol;

namespace Routing.Cni.Json;

/// <summary>A route of a result.</summary>
internal sealed class RouteJson
{
    public string Dst { get; set; } = "";

    public string? Gw { get; set; }

    public static RouteJson FromMessage(Route message) =>
        new() { Dst = message.Dst, Gw = message.Gw.Length > 0 ? message.Gw : null };

    public Route ToMessage() => new() { Dst = Dst, Gw = Gw ?? "" };
}
