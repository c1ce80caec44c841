using System.Collections.Immutable;
using System.Net;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Speaker;
using Routing.Policy.Model;

namespace Routing.Agent.BgpConfig;

/// <summary>Turns BGP objects into the speaker's own types; the agent and the stand-alone speaker share it.</summary>
internal static class SpeakerConfigTranslator
{
    private const int DefaultPort = 179;

    /// <summary>A neighbour.</summary>
    /// <param name="peer">The object.</param>
    /// <param name="filters">All filters by name.</param>
    /// <param name="secrets">Where passwords are.</param>
    /// <param name="ownAsn">Our AS, which "internal" stands for.</param>
    /// <param name="problems">What is wrong: filters that do not exist, secrets that cannot be had. The neighbour then has no
    /// configuration: to go on without would let through what they were made to stop.</param>
    public static PeerConfig? TranslatePeer(
        BgpPeer peer,
        IReadOnlyDictionary<string, BgpFilter> filters,
        ISecretStore secrets,
        uint ownAsn,
        out ImmutableArray<Problem> problems)
    {
        var missing = ImmutableArray.CreateBuilder<Problem>();
        var chosen = new List<BgpFilter>();
        for (var i = 0; i < peer.Filters.Length; i++)
        {
            if (filters.TryGetValue(peer.Filters[i], out var filter))
            {
                chosen.Add(filter);
                continue;
            }

            var known = filters.Count == 0 ? "there is none" : string.Join(", ", filters.Keys.Order(StringComparer.Ordinal));
            missing.Add(new Problem($"spec.filters[{i}]", peer.Filters[i], $"the name of a BGPFilter: {known}"));
        }

        var transport = peer.Authentication.Resolve(peer.Config.Transport, secrets, missing);
        var bfd = peer.Authentication.Resolve(peer.Config.Bfd, secrets, missing);
        problems = missing.ToImmutable();
        return !problems.IsEmpty ? null : peer.Config with
        {
            Asn = peer.IsInternal ? ownAsn : peer.Config.Asn,
            Transport = transport,
            Bfd = bfd,
            Import = RouteFilter.Join([.. chosen.Select(filter => filter.Import)]),
            Export = RouteFilter.Join([.. chosen.Select(filter => filter.Export)]),
        };
    }

    /// <summary>Where to listen: the addresses of the configuration, or all of both families.</summary>
    public static ImmutableArray<IPEndPoint> ListenEndpoints(BgpConfiguration? configuration)
    {
        var addresses = configuration?.ListenAddresses ?? [];
        var port = configuration?.ListenPort ?? DefaultPort;
        return addresses.IsEmpty
            ? [new IPEndPoint(IPAddress.Any, port), new IPEndPoint(IPAddress.IPv6Any, port)]
            : [.. addresses.Select(address => new IPEndPoint(address, port))];
    }

    /// <summary>What a configuration adds to one that has AS number, router id, listeners and peers already.</summary>
    public static SpeakerConfig Apply(SpeakerConfig config, BgpConfiguration? configuration) =>
        configuration is null ? config : config with
        {
            ClusterId = configuration.ClusterId,
            Confederation = configuration.Confederation,
            ExternalRequiresPolicy = configuration.EbgpRequiresPolicy,
            Originate = [.. configuration.Originate],
            Rpki = configuration.Rpki,
            MaximumPaths = configuration.MaximumPaths ?? config.MaximumPaths,
            Multipath = configuration.Multipath ?? config.Multipath,
            ReflectsBetweenClients = configuration.ReflectsBetweenClients ?? config.ReflectsBetweenClients,
            ResolvesNextHops = configuration.ResolvesNextHops ?? config.ResolvesNextHops,
            GracefulRestartTime = configuration.GracefulRestartTime ?? config.GracefulRestartTime,
            BmpStations = configuration.BmpStations,
            MrtSources = configuration.MrtSources,
            MrtLogs = configuration.MrtLogs,
        };
}
