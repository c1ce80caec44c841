using Routing.Agent.Dataplane;
using Routing.Agent.Lab.Cluster;

namespace Routing.Tests.Policy;

/// <summary>Definitions of the kinds of <see cref="PolicyInputs"/> that a cluster need not have, for an API server.</summary>
internal static class OptionalDefinitions
{
    /// <summary>The kind in which Calico says that a store is complete.</summary>
    public const string CalicoReadiness = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: clusterinformations.projectcalico.org}
        spec:
          group: projectcalico.org
          scope: Cluster
          names: {kind: ClusterInformation, plural: clusterinformations}
          versions:
            - name: v3
              served: true
              storage: true
              schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true} }
        """;

    /// <summary>The object that says so.</summary>
    public const string CalicoReady = """
        apiVersion: projectcalico.org/v3
        kind: ClusterInformation
        metadata: {name: default}
        spec: {datastoreReady: true}
        """;

    /// <summary>Those of the API groups that begin so, as kubectl takes them.</summary>
    public static string OfGroups(params string[] groups) =>
        "# Read as YAML, for what begins like JSON cannot go on after a separator.\n"
        + string.Join("\n---\n", PolicyDefinitions.OfGroups(groups).Select(definition => definition.ToJsonString()));
}
