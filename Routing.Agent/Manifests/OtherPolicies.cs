using Routing.Agent.Dataplane;
using Routing.Policy.Model;

namespace Routing.Agent.Manifests;

/// <summary>Objects that look like policies and are none of those read here. To pass over one in silence would make every answer about
/// the cluster a wrong one.</summary>
internal static class OtherPolicies
{
    private const string Suffix = "NetworkPolicy";

    /// <summary>What is wrong with an object of a kind that is read, but not by this name, or not in this version; null when
    /// nothing is. The API server would refuse it.</summary>
    public static Problem? Mistake(Manifest manifest)
    {
        var inputs = PolicyInputs.All.Where(input => input.IsPolicy && input.Kind.Equals(manifest.Kind, StringComparison.OrdinalIgnoreCase)).ToList();
        var group = GroupOf(manifest.ApiVersion);
        var isOfGroup = group == "extensions" || PolicyInputs.All.Any(input => input.Sources.Any(source => GroupOf(source.ApiVersion) == group));
        if (inputs.Count == 0 || !isOfGroup)
        {
            return null;
        }

        return inputs.Find(input => input.Sources.Any(source => source.ApiVersion == manifest.ApiVersion)) is { } meant
            ? new Problem("kind", manifest.Kind, meant.Kind)
            : new Problem("apiVersion", manifest.ApiVersion, $"{manifest.Kind} is read from "
                + string.Join(", ", inputs.SelectMany(input => input.Sources).Select(source => source.ApiVersion).Distinct()));
    }

    /// <summary>True for policies that somebody else enforces.</summary>
    public static bool IsAnothers(Manifest manifest) => manifest.Kind.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase);

    private static string GroupOf(string apiVersion) => apiVersion.Split('/') is [var group, _] ? group : "";
}
