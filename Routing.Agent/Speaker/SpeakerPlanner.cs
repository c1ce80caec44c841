using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Routing.Agent.BgpConfig;
using Routing.Agent.Cluster;
using Routing.Bgp.Speaker;

namespace Routing.Agent.Speaker;

/// <summary>From Node, BGPConfiguration, BGPPeers and BGPFilters to the configuration of one node's speaker.
/// Pure.</summary>
internal static class SpeakerPlanner
{
    /// <summary>Equal paths for the kernel unless the BGPConfiguration says otherwise: a rack has a handful of
    /// ToRs.</summary>
    private const int DefaultMaximumPaths = 8;

    /// <param name="nodeName">This node.</param>
    /// <param name="state">A complete state.</param>
    /// <param name="restarting">Forwarding state of an earlier speaker stands in the kernel (RFC 4724 §4.1).</param>
    public static SpeakerPlan Plan(string nodeName, ClusterState state, bool restarting)
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        Report(problems, BgpKinds.Configuration, state.Configurations!.Values);
        Report(problems, BgpKinds.Filter, state.Filters!.Values);
        Report(problems, BgpKinds.PeerGroup, state.PeerGroups!.Values);
        Report(problems, BgpKinds.Peer, state.Peers!.Values);
        if (state.FindNode(nodeName) is not { } node)
        {
            problems.Add($"the API server knows no node {nodeName}");
            return new SpeakerPlan(null, problems.ToImmutable());
        }

        var configuration = state.Configuration;
        var asn = Asn(node, configuration, problems);
        var peers = Peers(node, state, asn ?? 0, problems);
        var routerId = RouterId(node, problems);
        if (asn is null || routerId is null)
        {
            return new SpeakerPlan(null, problems.ToImmutable());
        }

        var config = SpeakerConfigTranslator.Apply(
            new SpeakerConfig
            {
                Asn = asn.Value,
                RouterId = routerId,
                ListenEndpoints = SpeakerConfigTranslator.ListenEndpoints(configuration),
                Peers = peers,
                Restarting = restarting,
                MaximumPaths = DefaultMaximumPaths,
            },
            configuration);
        config = config with { Originate = [.. config.Originate.Union(node.PodCidrs)] };
        return new SpeakerPlan(config, problems.ToImmutable());
    }

    private static ImmutableArray<PeerConfig> Peers(
        NodeRecord node, ClusterState state, uint ownAsn, ImmutableArray<string>.Builder problems)
    {
        var filters = state.Filters!.Values.Where(filter => filter.Value is not null)
            .ToDictionary(filter => filter.Name, filter => filter.Value!, StringComparer.Ordinal);
        var peers = ImmutableArray.CreateBuilder<PeerConfig>();
        var byAddress = new Dictionary<IPAddress, string>();
        foreach (var peer in state.Peers!.Values.Select(each => each.Value).OfType<BgpPeer>())
        {
            if (!peer.AppliesTo(node.Name, node.Labels))
            {
                continue;
            }

            if (peer.Address is { } address && !byAddress.TryAdd(address, peer.Name))
            {
                problems.Add($"{BgpKinds.Peer} {peer.Name}: spec.peerIP: '{address}' is {BgpKinds.Peer} "
                    + $"{byAddress[address]}'s; allowed is one object per neighbour of a node");
                continue;
            }

            var config = SpeakerConfigTranslator.TranslatePeer(
                peer, filters, new ClusterSecrets(state.Secrets), ownAsn, out var wrong);
            problems.AddRange(wrong.Select(problem => $"{BgpKinds.Peer} {peer.Name}: {problem}"));
            if (config is not null)
            {
                peers.Add(config);
            }
        }

        return peers.ToImmutable();
    }

    private static uint? Asn(NodeRecord node, BgpConfiguration? configuration, ImmutableArray<string>.Builder problems)
    {
        if (node.Annotations.TryGetValue(NodeAnnotations.Asn, out var text))
        {
            if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var asn) && asn > 0)
            {
                return asn;
            }

            problems.Add($"Node {node.Name}: annotation {NodeAnnotations.Asn}: '{text}' is not allowed; "
                + $"allowed is an AS number, 1 to {uint.MaxValue}");
            return null;
        }

        if (configuration?.Asn is null)
        {
            problems.Add($"Node {node.Name} has no AS number: annotate it with {NodeAnnotations.Asn}, or set spec.asNumber "
                + $"of the {BgpKinds.Configuration} '{BgpKinds.DefaultName}'");
        }

        return configuration?.Asn;
    }

    private static IPAddress? RouterId(NodeRecord node, ImmutableArray<string>.Builder problems)
    {
        if (node.Annotations.TryGetValue(NodeAnnotations.RouterId, out var text))
        {
            if (IPAddress.TryParse(text, out var identifier) && identifier.AddressFamily == AddressFamily.InterNetwork
                && !identifier.Equals(IPAddress.Any) && identifier.ToString() == text)
            {
                return identifier;
            }

            problems.Add($"Node {node.Name}: annotation {NodeAnnotations.RouterId}: '{text}' is not allowed; "
                + "allowed are four numbers with dots, as in 192.0.2.1, not all zero");
            return null;
        }

        var address = node.InternalAddresses.FirstOrDefault(each => each.AddressFamily == AddressFamily.InterNetwork);
        if (address is null)
        {
            problems.Add($"Node {node.Name} has no IPv4 InternalIP to be its router id: annotate it with "
                + NodeAnnotations.RouterId);
        }

        return address;
    }

    private static void Report<T>(
        ImmutableArray<string>.Builder problems, string kind, IEnumerable<BgpObject<T>> objects)
        where T : class
    {
        foreach (var each in objects)
        {
            problems.AddRange(each.Problems.Select(problem => $"{kind} {each.Name}: {problem}"));
        }
    }
}
