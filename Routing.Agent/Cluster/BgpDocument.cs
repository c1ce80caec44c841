using System.Text.Json.Nodes;

namespace Routing.Agent.Cluster;

/// <summary>An object of one of the BGP kinds as it was written.</summary>
/// <param name="Name">metadata.name.</param>
/// <param name="Json">metadata.name and spec; nobody changes it.</param>
/// <param name="Location">Its annotation routing.dev/location, unchecked; empty when there is none.</param>
internal sealed record BgpDocument(string Name, JsonObject Json, string Location)
{
    /// <summary>spec.peerGroup, when it is text.</summary>
    public string? PeerGroup =>
        (Json["spec"]?["peerGroup"] as JsonValue)?.TryGetValue(out string? name) is true ? name : null;
}
