using Routing.Agent.Dataplane;
using Routing.Agent.Lab.Cluster;

namespace Routing.Tests.Policy;

/// <summary>Definitions of the kinds of <see cref="PolicyInputs"/> that a cluster need not have, for an API server.</summary>
internal static class OptionalDefinitions
{
    /// <summary>The kind in which Calico says that a store is complete.</summary>
    public static string CalicoReadiness => PolicyDefinitions.CalicoReadiness.ToJsonString();

    /// <summary>The object that says so.</summary>
    public static string CalicoReady => PolicyDefinitions.CalicoReady(true).ToJsonString();

    /// <summary>Those of the API groups that begin so, as kubectl takes them.</summary>
    public static string OfGroups(params string[] groups) =>
        "# Read as YAML, for what begins like JSON cannot go on after a separator.\n"
        + string.Join("\n---\n", PolicyDefinitions.OfGroups(groups).Select(definition => definition.ToJsonString()));
}
