using Routing.Agent.Manifests;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.Wire.Iana;

namespace Routing.Agent.BgpConfig.Checks;

/// <summary>What is suspicious about neighbours.</summary>
internal static class PeerChecks
{
    /// <summary>Finds it.</summary>
    public static IEnumerable<ManifestError> Find(SpeakerObjects objects) =>
        objects.Peers.SelectMany(peer => Filters(objects, peer.Key, peer.Value)).Concat(Relations(objects));

    private static IEnumerable<ManifestError> Filters(SpeakerObjects objects, Manifest manifest, BgpPeer peer)
    {
        var filters = peer.Filters.Select(name => objects.Filters[name]).ToList();
        List<string> import = [.. Open("import", filters.SelectMany(filter => filter.Import.Rules), peer)];
        List<string> export = [.. Open("export", filters.SelectMany(filter => filter.Export.Rules), peer)];
        if (objects.IsExternal(peer) && objects.Configuration.EbgpRequiresPolicy)
        {
            foreach (var lists in new[] { import, export }.Where(lists => lists.Count == peer.Config.Families.Length).ToList())
            {
                yield return manifest.WarnAt(
                    peer.Filters.IsEmpty ? "metadata.name" : "spec.filters",
                    $"no filter has rules in {string.Join(", ", lists)}: no route passes, as ebgpRequiresPolicy has it (RFC 8212 §2)");
                lists.Clear(); // they are not open
            }
        }

        List<string> open = [.. import, .. export];
        var hasRules = open.Count < 2 * peer.Config.Families.Length;
        if (open.Count > 0 && (hasRules || objects.IsExternal(peer)))
        {
            // Whoever filters one family or direction has likely forgotten the other.
            var advice = hasRules ? "add rules there, or leave the family out of families" : "RFC 8212 advises against it in another AS";
            yield return manifest.WarnAt(
                peer.Filters.IsEmpty ? "metadata.name" : "spec.filters",
                $"no filter has rules in {string.Join(", ", open)}, where every route passes: {advice}");
        }
    }

    /// <summary>The lists of a direction, of families that the neighbour has, in which there are no rules.</summary>
    private static IEnumerable<string> Open(string direction, IEnumerable<RouteRule> rules, BgpPeer peer)
    {
        var ruled = rules.Select(rule => rule.Family).ToHashSet();
        return peer.Config.Families.Where(family => !ruled.Contains(family))
            .Select(family => $"{direction}{(family == AfiSafi.IPv4Unicast ? "V4" : "V6")}");
    }

    /// <summary>RFC 9234 §4.1: what we are to one AS we are to it on every session, or the roles are on prefixes, which
    /// sessions cannot say.</summary>
    private static IEnumerable<ManifestError> Relations(SpeakerObjects objects)
    {
        foreach (var neighbours in objects.Peers.Where(peer => objects.IsExternal(peer.Value)).GroupBy(peer => peer.Value.Asn))
        {
            var said = neighbours.Where(peer => RoleOf(peer.Value) is not null).ToList();
            foreach (var (manifest, peer) in said.Where(peer => RoleOf(peer.Value) != RoleOf(said[0].Value)))
            {
                yield return manifest.WarnAt(
                    "spec.role",
                    $"{RoleOf(peer)} towards AS {peer.Asn}, to which we are {RoleOf(said[0].Value)} by {said[0].Value.Name} (RFC 9234 §4.1)");
            }
        }

        foreach (var (manifest, peer) in objects.Peers.Where(peer => !objects.IsExternal(peer.Value)))
        {
            if (RoleOf(peer) is { } role)
            {
                yield return manifest.WarnAt(
                    "spec.role", $"{role}: roles are for neighbours in other ASes; inside our own none is told (RFC 9234 §4.1)");
            }
        }
    }

    private static PeerRole? RoleOf(BgpPeer peer) => peer.Config.Relation.Role;
}
