using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Routing.Policy.Model;

namespace Routing.Agent.BgpConfig;

/// <summary>Lays the fields of a group under those of a peer.</summary>
internal static class PeerGroups
{
    private const string Field = "peerGroup";

    /// <summary>A peer with the fields of its group that it does not have itself. A field is taken or left as a whole.</summary>
    /// <param name="peer">A BGPPeer as written; left as it is.</param>
    /// <param name="groups">All groups by name.</param>
    /// <param name="problem">A group that does not exist.</param>
    /// <param name="groupProblems">What is wrong with the group itself, which is not told again for each peer.</param>
    public static JsonObject Merge(
        JsonObject peer,
        IReadOnlyDictionary<string, BgpPeerGroup> groups,
        out Problem? problem,
        out ImmutableArray<Problem> groupProblems)
    {
        (problem, groupProblems) = (null, []);
        if (peer["spec"] is not JsonObject spec || (spec[Field] as JsonValue)?.TryGetValue(out string? name) != true)
        {
            return peer;
        }

        if (!groups.TryGetValue(name!, out var group))
        {
            var known = groups.Count == 0 ? "there is none" : string.Join(", ", groups.Keys.Order(StringComparer.Ordinal));
            problem = new Problem($"spec.{Field}", name!, $"the name of a BGPPeerGroup: {known}");
            return peer;
        }

        BgpObjectReader.ReadPeerGroup(
            new JsonObject { ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = group.Spec.DeepClone() },
            out groupProblems);
        var merged = peer.DeepClone().AsObject();
        foreach (var (field, value) in group.Spec)
        {
            if (!spec.ContainsKey(field))
            {
                merged["spec"]!.AsObject().Add(field, value?.DeepClone());
            }
        }

        return merged;
    }
}
