using Routing.Cni.Protocol;

namespace Routing.Cni.Json;

/// <summary>An address of a result.</summary>
internal sealed class IpJson
{
    /// <summary>"4" or "6"; gone in 1.0.0.</summary>
    public string? Version { get; set; }

    public string Address { get; set; } = "";

    public string? Gateway { get; set; }

    /// <summary>Index into the result's interfaces.</summary>
    public uint? Interface { get; set; }

    public static IpJson FromMessage(IpConfig message, string version) => new()
    {
        Version = !CniVersion.HasIpVersion(version) ? null : message.Address.Contains(':') ? "6" : "4",
        Address = message.Address,
        Gateway = message.Gateway.Length > 0 ? message.Gateway : null,
        Interface = message.HasInterface ? message.Interface : null,
    };

    public IpConfig ToMessage()
    {
        var message = new IpConfig { Address = Address, Gateway = Gateway ?? "" };
        if (Interface is { } index)
        {
            message.Interface = index;
        }

        return message;
    }
}
