using Routing.Cni.Protocol;

namespace Routing.Cni.Json;

/// <summary>The success result of ADD, in the shape of the configuration's version (CNI 1.1.0 §5 and its forerunners), and
/// prevResult, which is one.</summary>
internal sealed class ResultJson
{
    public string CniVersion { get; set; } = "";

    public IReadOnlyList<InterfaceJson>? Interfaces { get; set; }

    public IReadOnlyList<IpJson>? Ips { get; set; }

    public IReadOnlyList<RouteJson>? Routes { get; set; }

    public DnsJson? Dns { get; set; }

    public static ResultJson FromMessage(Result message, string version, DnsJson? dns) => new()
    {
        CniVersion = version,
        Interfaces = [.. message.Interfaces.Select(each => InterfaceJson.FromMessage(each, version))],
        Ips = [.. message.Ips.Select(each => IpJson.FromMessage(each, version))],
        Routes = [.. message.Routes.Select(RouteJson.FromMessage)],
        Dns = dns,
    };

    public Result ToMessage()
    {
        var message = new Result();
        message.Interfaces.AddRange((Interfaces ?? []).Select(each => each.ToMessage()));
        message.Ips.AddRange((Ips ?? []).Select(each => each.ToMessage()));
        message.Routes.AddRange((Routes ?? []).Select(each => each.ToMessage()));
        return message;
    }
}
