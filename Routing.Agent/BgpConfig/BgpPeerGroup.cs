using System.Text.Json.Nodes;

namespace Routing.Agent.BgpConfig;

/// <summary>A BGPPeerGroup: what its peers have in common, but for their addresses.</summary>
/// <param name="Name">metadata.name.</param>
/// <param name="Spec">Its fields as they were written: a peer's own fields go over them before either is read, so no reader
/// needs to know of groups.</param>
internal sealed record BgpPeerGroup(string Name, JsonObject Spec);
