namespace Routing.Cni.Json;

/// <summary>The configuration's "ipam": only looked at to refuse a plugin that we would not call.</summary>
internal sealed class IpamJson
{
    public string Type { get; set; } = "";
}
