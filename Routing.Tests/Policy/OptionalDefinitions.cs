using Routing.Agent.Dataplane;
using Routing.Agent.KubeApi;

namespace Routing.Tests.Policy;

/// <summary>Definitions of the kinds of <see cref="PolicyInputs"/> that a cluster need not have, for an API server: their names, and
/// no schema but that of conditions.</summary>
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
    public static string OfGroups(params string[] groups) => string.Join("\n---\n",
        from input in PolicyInputs.All
        from source in input.Sources
        where source.IsDefined && groups.Contains(source.ApiVersion.Split('/')[0])
        select Of(input, source));

    private static string Of(PolicyInput input, ResourceSource source)
    {
        var isNamespaced = input.Kind is "NetworkPolicy" or "StagedNetworkPolicy" or "StagedKubernetesNetworkPolicy" or "NetworkSet";
        return $$$"""
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: {{{source.Definition}}}}
            spec:
              group: {{{source.ApiVersion.Split('/')[0]}}}
              scope: {{{(isNamespaced ? "Namespaced" : "Cluster")}}}
              names: {kind: {{{input.Kind}}}, plural: {{{source.Plural}}}}
              versions:
                - name: {{{source.ApiVersion.Split('/')[1]}}}
                  served: true
                  storage: true
                  subresources: {status: {}}
                  schema:
                    openAPIV3Schema:
                      type: object
                      x-kubernetes-preserve-unknown-fields: true
                      properties:
                        status:
                          type: object
                          properties:
                            conditions:
                              type: array
                              x-kubernetes-list-type: map
                              x-kubernetes-list-map-keys: [type]
                              items:
                                type: object
                                required: [type, status, reason, message, lastTransitionTime]
                                properties:
                                  type: {type: string}
                                  status: {type: string, enum: ["True", "False", Unknown]}
                                  reason: {type: string, minLength: 1}
                                  message: {type: string, maxLength: 32768}
                                  observedGeneration: {type: integer}
                                  lastTransitionTime: {type: string, format: date-time}
            """;
    }
}
