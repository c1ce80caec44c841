using Routing.Cni.Protocol;

namespace Routing.Cni.Json;

/// <summary>An interface of a result.</summary>
internal sealed class InterfaceJson
{
    public string Name { get; set; } = "";

    public string? Mac { get; set; }

    public uint? Mtu { get; set; }

    public string? Sandbox { get; set; }

    public static InterfaceJson FromMessage(Interface message, string version) => new()
    {
        Name = message.Name,
        Mac = message.Mac.Length > 0 ? message.Mac : null,
        Mtu = CniVersion.HasInterfaceMtu(version) && message.Mtu > 0 ? message.Mtu : null,
        Sandbox = message.Sandbox.Length > 0 ? message.Sandbox : null,
    };

    public Interface ToMessage() => new() { Name = Name, Mac = Mac ?? "", Mtu = Mtu ?? 0, Sandbox = Sandbox ?? "" };
}
