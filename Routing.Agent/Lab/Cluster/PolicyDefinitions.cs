using System.Text.Json.Nodes;
using Routing.Agent.Dataplane;
using Routing.Agent.KubeApi;
using Routing.Agent.Manifests;
using Routing.Policy.Translate.Calico;
using Routing.Policy.Translate.ClusterPolicies;

namespace Routing.Agent.Lab.Cluster;

/// <summary>Definitions of the kinds of <see cref="PolicyInputs"/> that a cluster need not have: their names, and no schema but that
/// of conditions.</summary>
internal static class PolicyDefinitions
{
    /// <summary>What a cluster has that knows all of these kinds, Calico's in both of its stores, and the word of which store counts: the old one
    /// while the cluster's own manifests are of it (docs/adr/0021).</summary>
    public static IEnumerable<JsonObject> OfCluster(IEnumerable<Manifest> manifests) =>
    [
        .. OfGroups(ClusterPolicyResource.Group, CalicoGroups.Api, CalicoGroups.Store),
        CalicoReadiness,
        CalicoReady(!manifests.Any(one => one.ApiVersion.StartsWith($"{CalicoGroups.Store}/", StringComparison.Ordinal))),
    ];

    /// <summary>The kind in which Calico says that a store is complete.</summary>
    public static JsonObject CalicoReadiness => JsonNode.Parse($$$"""
        {
          "apiVersion": "apiextensions.k8s.io/v1",
          "kind": "CustomResourceDefinition",
          "metadata": {"name": "clusterinformations.{{{CalicoGroups.Api}}}"},
          "spec": {
            "group": "{{{CalicoGroups.Api}}}",
            "scope": "Cluster",
            "names": {"kind": "ClusterInformation", "plural": "clusterinformations"},
            "versions": [{
              "name": "{{{CalicoGroups.ApiVersion}}}",
              "served": true,
              "storage": true,
              "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true} }
            }]
          }
        }
        """)!.AsObject();

    /// <summary>The object that says so of the new store.</summary>
    public static JsonObject CalicoReady(bool isReady) => new()
    {
        ["apiVersion"] = $"{CalicoGroups.Api}/{CalicoGroups.ApiVersion}",
        ["kind"] = "ClusterInformation",
        ["metadata"] = new JsonObject { ["name"] = "default" },
        ["spec"] = new JsonObject { ["datastoreReady"] = isReady },
    };

    /// <summary>Those of the API groups that begin so.</summary>
    public static IEnumerable<JsonObject> OfGroups(params string[] groups) =>
        from input in PolicyInputs.All
        from source in input.Sources
        where source.IsDefined && groups.Contains(source.ApiVersion.Split('/')[0])
        select Of(input, source);

    private static JsonObject Of(PolicyInput input, ResourceSource source)
    {
        var isNamespaced = input.Kind is "NetworkPolicy" or "StagedNetworkPolicy" or "StagedKubernetesNetworkPolicy" or "NetworkSet";
        var version = source.ApiVersion.Split('/');
        return JsonNode.Parse($$$"""
            {
              "apiVersion": "apiextensions.k8s.io/v1",
              "kind": "CustomResourceDefinition",
              "metadata": {"name": "{{{source.Definition}}}"},
              "spec": {
                "group": "{{{version[0]}}}",
                "scope": "{{{(isNamespaced ? "Namespaced" : "Cluster")}}}",
                "names": {"kind": "{{{input.Kind}}}", "plural": "{{{source.Plural}}}"},
                "versions": [{
                  "name": "{{{version[1]}}}",
                  "served": true,
                  "storage": true,
                  "subresources": {"status": {}},
                  "schema": {"openAPIV3Schema": {
                    "type": "object",
                    "x-kubernetes-preserve-unknown-fields": true,
                    "properties": {"status": {"type": "object", "properties": {"conditions": {
                      "type": "array",
                      "x-kubernetes-list-type": "map",
                      "x-kubernetes-list-map-keys": ["type"],
                      "items": {
                        "type": "object",
                        "required": ["type", "status", "reason", "message", "lastTransitionTime"],
                        "properties": {
                          "type": {"type": "string"},
                          "status": {"type": "string", "enum": ["True", "False", "Unknown"]},
                          "reason": {"type": "string", "minLength": 1},
                          "message": {"type": "string", "maxLength": 32768},
                          "observedGeneration": {"type": "integer"},
                          "lastTransitionTime": {"type": "string", "format": "date-time"}
                        }
                      }
                    } } } }
                  } }
                }]
              }
            }
            """)!.AsObject();
    }
}
