using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Routing.Agent.BgpConfig.Filters;
using Routing.Policy.Model;

namespace Routing.Agent.BgpConfig;

/// <summary>Reads the BGP kinds as they come from a file or the API, and lists everything that is wrong with them, each with
/// its field, value and what is allowed. What belongs to one concern is read by a reader of its own.</summary>
internal static class BgpObjectReader
{
    /// <summary>Reads a BGPConfiguration.</summary>
    /// <returns>Null when something is wrong with it.</returns>
    public static BgpConfiguration? ReadConfiguration(JsonObject source, out ImmutableArray<Problem> problems) =>
        Read(source, out problems, ConfigurationReader.Read);

    /// <summary>Reads a BGPPeer, over the fields of the group it names.</summary>
    /// <param name="source">The object.</param>
    /// <param name="groups">All groups by name.</param>
    /// <param name="problems">What is wrong with it; what is wrong with its group is the group's.</param>
    /// <returns>Null when something is wrong with it.</returns>
    public static BgpPeer? ReadPeer(
        JsonObject source, IReadOnlyDictionary<string, BgpPeerGroup> groups, out ImmutableArray<Problem> problems)
    {
        var merged = PeerGroups.Merge(source, groups, out var problem, out var groupProblems);
        var peer = Read(merged, out problems, PeerReader.Read);
        if (problem is not null)
        {
            // What is missing may stand in the group that is meant.
            problems = [problem, .. problems.Where(found => found.Value.Length > 0)];
            return null;
        }

        problems = [.. problems.Except(groupProblems)];
        return problems.IsEmpty ? peer : null;
    }

    /// <summary>Reads a BGPPeerGroup.</summary>
    /// <returns>Null when something is wrong with it.</returns>
    public static BgpPeerGroup? ReadPeerGroup(JsonObject source, out ImmutableArray<Problem> problems) =>
        Read(source, out problems, (name, spec) =>
        {
            PeerReader.ReadShared(name, spec);
            return new BgpPeerGroup(name, source["spec"] as JsonObject ?? []);
        });

    /// <summary>Reads a BGPFilter.</summary>
    /// <returns>Null when something is wrong with it.</returns>
    public static BgpFilter? ReadFilter(JsonObject source, out ImmutableArray<Problem> problems) =>
        Read(source, out problems, FilterReader.Read);

    private static T? Read<T>(JsonObject source, out ImmutableArray<Problem> problems, Func<string, FieldReader, T> read)
        where T : class
    {
        var found = new List<Problem>();
        var name = (source["metadata"] as JsonObject)?["name"]?.ToString() ?? "";
        if (name.Length == 0)
        {
            found.Add(new Problem("metadata.name", "", "every object has a name"));
        }

        var isObject = source["spec"] is null or JsonObject;
        if (!isObject)
        {
            found.Add(new Problem("spec", source["spec"]!.ToJsonString(), "an object with fields of its own"));
        }

        var spec = new FieldReader(isObject ? source["spec"] as JsonObject ?? [] : [], "spec", found);
        var result = read(name, spec);
        if (isObject)
        {
            spec.End();
        }

        problems = [.. found];
        return problems.IsEmpty ? result : null;
    }
}
