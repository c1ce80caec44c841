using System.Collections.Immutable;
using System.Net;
using System.Text.Json.Nodes;
using Routing.Agent.BgpConfig.Checks;
using Routing.Agent.Manifests;
using Routing.Bgp.Speaker;
using Routing.Policy.Model;

namespace Routing.Agent.BgpConfig;

/// <summary>The configuration file of a stand-alone speaker (DESIGN.md §9).</summary>
/// <param name="Config">The speaker; null when anything is wrong.</param>
/// <param name="InstallRoutes">Best paths go to the kernel.</param>
/// <param name="Errors">Everything that is wrong, in order of place.</param>
internal sealed record SpeakerFile(SpeakerConfig? Config, bool InstallRoutes, ImmutableArray<ManifestError> Errors)
{
    /// <summary>What is allowed but hardly meant; looked for when there are no errors.</summary>
    public ImmutableArray<ManifestError> Warnings { get; private init; } = [];

    /// <summary>True when there is no such file, or it may not be read.</summary>
    public bool IsUnreadable { get; private init; }

    /// <summary>Reads the file.</summary>
    public static SpeakerFile Read(string path)
    {
        var (manifests, readErrors) = ManifestReader.Read([path]);
        var errors = readErrors.ToList();
        var configurations = new Dictionary<Manifest, BgpConfiguration>();
        var peers = new Dictionary<Manifest, BgpPeer>();
        var filters = new Dictionary<string, BgpFilter>();
        var groups = new Dictionary<string, BgpPeerGroup>();
        var names = new HashSet<(string Kind, string Name)>();

        // Peers last: they are read over the fields of their groups.
        foreach (var manifest in manifests.OrderBy(manifest => manifest.Kind == BgpKinds.Peer))
        {
            if (manifest.Name.Length > 0 && !names.Add((manifest.Kind, manifest.Name)))
            {
                errors.Add(manifest.ErrorAt(new Problem("metadata.name", manifest.Name, "a name that no other object of the kind has")));
                continue;
            }

            errors.AddRange(ReadObject(manifest, configurations, peers, groups, filters).Select(manifest.ErrorAt));
        }

        CheckConfigurations(path, manifests, configurations, errors);
        var translated = Translate(
            peers,
            filters,
            new FileSecrets(Path.GetDirectoryName(Path.GetFullPath(path))!),
            configurations.Values.FirstOrDefault()?.Asn ?? 0,
            errors);
        if (errors.Count > 0)
        {
            return new SpeakerFile(null, false, [.. errors.Order()]) { IsUnreadable = !File.Exists(path) && !Directory.Exists(path) };
        }

        var configuration = configurations.Values.Single();
        var config = new SpeakerConfig
        {
            Asn = configuration.Asn!.Value,
            RouterId = configuration.RouterId!,
            ListenEndpoints = SpeakerConfigTranslator.ListenEndpoints(configuration),
            Peers = translated,
        };
        return new SpeakerFile(SpeakerConfigTranslator.Apply(config, configuration), configuration.InstallRoutes, [])
        {
            Warnings = SpeakerChecks.Find(new SpeakerObjects(manifests, configuration, peers, filters)),
        };
    }

    private static ImmutableArray<Problem> ReadObject(
        Manifest manifest,
        Dictionary<Manifest, BgpConfiguration> configurations,
        Dictionary<Manifest, BgpPeer> peers,
        Dictionary<string, BgpPeerGroup> groups,
        Dictionary<string, BgpFilter> filters)
    {
        ImmutableArray<Problem> problems;
        switch (manifest.ApiVersion, manifest.Kind)
        {
            case (BgpKinds.ApiVersion, BgpKinds.Configuration):
                if (BgpObjectReader.ReadConfiguration(manifest.Json, out problems) is { } configuration)
                {
                    configurations.Add(manifest, configuration);
                }

                return problems;
            case (BgpKinds.ApiVersion, BgpKinds.Peer):
                if (BgpObjectReader.ReadPeer(manifest.Json, groups, out problems) is { } peer)
                {
                    peers.Add(manifest, peer);
                }

                return problems;
            case (BgpKinds.ApiVersion, BgpKinds.PeerGroup):
                // Also one that is wrong, as with filters.
                groups[manifest.Name] = BgpObjectReader.ReadPeerGroup(manifest.Json, out problems)
                    ?? new BgpPeerGroup(manifest.Name, manifest.Json["spec"] as JsonObject ?? []);
                return problems;
            case (BgpKinds.ApiVersion, BgpKinds.Filter):
                // A filter that is wrong still counts as there: its peers need no second error.
                filters[manifest.Name] = BgpObjectReader.ReadFilter(manifest.Json, out problems)
                    ?.In(manifest.File, manifest.LineOf)
                    ?? new BgpFilter(manifest.Name, new([]), new([]));
                return problems;
            case (BgpKinds.ApiVersion, _):
                return [new Problem("kind", manifest.Kind, "BGPConfiguration, BGPPeer, BGPPeerGroup or BGPFilter here")];
            default:
                return [new Problem("apiVersion", manifest.ApiVersion, $"{BgpKinds.ApiVersion} here")];
        }
    }

    private static void CheckConfigurations(
        string path,
        ImmutableArray<Manifest> manifests,
        Dictionary<Manifest, BgpConfiguration> configurations,
        List<ManifestError> errors)
    {
        var all = manifests.Where(manifest => manifest.Kind == BgpKinds.Configuration).ToList();
        if (all.Count == 0 && errors.Count == 0)
        {
            errors.Add(new ManifestError(path, 0, "a BGPConfiguration is missing: asNumber and routerID stand in it"));
        }

        foreach (var other in all.Skip(1))
        {
            errors.Add(other.ErrorAt(new Problem("metadata.name", other.Name, "one BGPConfiguration in a file")));
        }

        foreach (var (manifest, configuration) in configurations)
        {
            if (configuration.Asn is null)
            {
                errors.Add(manifest.ErrorAt(new Problem("spec.asNumber", "", $"our AS number, 1 to {uint.MaxValue}")));
            }

            if (configuration.RouterId is null)
            {
                errors.Add(manifest.ErrorAt(new Problem("spec.routerID", "", "our BGP Identifier, as in 192.0.2.1")));
            }
        }
    }

    private static ImmutableArray<PeerConfig> Translate(
        Dictionary<Manifest, BgpPeer> peers,
        Dictionary<string, BgpFilter> filters,
        FileSecrets secrets,
        uint ownAsn,
        List<ManifestError> errors)
    {
        var translated = ImmutableArray.CreateBuilder<PeerConfig>();
        var addresses = new Dictionary<IPAddress, string>();
        var interfaces = new Dictionary<string, string>();
        foreach (var (manifest, peer) in peers)
        {
            if (SpeakerConfigTranslator.TranslatePeer(peer, filters, secrets, ownAsn, out var problems) is { } config)
            {
                translated.Add(config);
            }

            errors.AddRange(problems.Select(manifest.ErrorAt));
            if (peer.Address is { } address && !addresses.TryAdd(address, peer.Name))
            {
                errors.Add(manifest.ErrorAt(new Problem(
                    "spec.peerIP", $"{address}", $"an address of one peer only; {addresses[address]} has it already")));
            }

            if (peer.Interface is { } link && !interfaces.TryAdd(link, peer.Name))
            {
                errors.Add(manifest.ErrorAt(new Problem(
                    "spec.interface", link, $"an interface of one peer without address only; {interfaces[link]} has it already")));
            }
        }

        return translated.ToImmutable();
    }
}
