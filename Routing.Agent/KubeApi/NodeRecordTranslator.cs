using System.Collections.Immutable;
using System.Net;
using k8s.Models;
using Routing.Agent.Cluster;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Agent.KubeApi;

/// <summary>V1Node to <see cref="NodeRecord"/>. What the API server has checked already is left out when it is wrong
/// all the same.</summary>
internal static class NodeRecordTranslator
{
    public static NodeRecord Translate(V1Node node) => new()
    {
        Name = node.Metadata?.Name ?? "",
        Labels = node.Metadata?.Labels?.ToImmutableDictionary() ?? ImmutableDictionary<string, string>.Empty,
        Annotations = node.Metadata?.Annotations?.Where(pair =>
            pair.Key.StartsWith(NodeAnnotations.Prefix, StringComparison.Ordinal))
            .ToImmutableDictionary() ?? ImmutableDictionary<string, string>.Empty,
        PodCidrs = [.. Cidrs(node)
            .Select(text => Prefix.TryParse(text, out var prefix) ? prefix : (Prefix?)null).OfType<Prefix>()],
        InternalAddresses = [.. (node.Status?.Addresses ?? []).Where(address => address?.Type == "InternalIP")
            .Select(address => IPAddress.TryParse(address.Address, out var parsed) ? parsed : null)
            .OfType<IPAddress>()],
    };

    /// <summary>podCIDR alone is what a cluster of one family may still write.</summary>
    private static IEnumerable<string> Cidrs(V1Node node) => node.Spec switch
    {
        { PodCIDRs: { Count: > 0 } several } => several,
        { PodCIDR: { Length: > 0 } one } => [one],
        _ => [],
    };
}
