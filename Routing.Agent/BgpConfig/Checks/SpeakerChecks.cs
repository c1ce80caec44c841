using System.Collections.Immutable;
using Routing.Agent.Manifests;

namespace Routing.Agent.BgpConfig.Checks;

/// <summary>What is allowed in a file but seldom meant: rules that can match nothing, objects that nobody names, neighbours
/// without a filter.</summary>
internal static class SpeakerChecks
{
    private static readonly Func<SpeakerObjects, IEnumerable<ManifestError>>[] All =
    [
        UnusedObjects,
        PeerChecks.Find,
        FilterChecks.Find,
    ];

    /// <summary>Everything that is suspicious, in order of place.</summary>
    public static ImmutableArray<ManifestError> Find(SpeakerObjects objects) =>
        [.. All.SelectMany(check => check(objects)).Distinct().Order()];

    private static IEnumerable<ManifestError> UnusedObjects(SpeakerObjects objects)
    {
        foreach (var filter in objects.OfKind(BgpKinds.Filter).Where(filter => !objects.UsersOf(filter.Name).Any()))
        {
            yield return filter.WarnAt("metadata.name", $"no {BgpKinds.Peer} names this filter");
        }

        var groups = objects.OfKind(BgpKinds.Peer).Select(peer => peer.Json["spec"]?["peerGroup"]?.ToString()).ToHashSet();
        foreach (var group in objects.OfKind(BgpKinds.PeerGroup).Where(group => !groups.Contains(group.Name)))
        {
            yield return group.WarnAt("metadata.name", $"no {BgpKinds.Peer} names this group");
        }
    }
}
