using System.Reflection;
using k8s.Models;
using Routing.Policy.Translate.ClusterPolicies;

namespace Routing.Tests.Policy;

/// <summary>Definitions of the kinds of policy.networking.k8s.io for an API server: their names, and no schema.</summary>
internal static class ClusterPolicyDefinitions
{
    /// <summary>As kubectl takes them.</summary>
    public static string All => string.Join("\n---\n",
        Of<ClusterNetworkPolicyResource>(), Of<AdminNetworkPolicyResource>(), Of<BaselineAdminNetworkPolicyResource>());

    private static string Of<T>()
        where T : ClusterPolicyResource
    {
        var kind = typeof(T).GetCustomAttribute<KubernetesEntityAttribute>()!;
        return $$$"""
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: {{{kind.PluralName}}}.{{{kind.Group}}}}
            spec:
              group: {{{kind.Group}}}
              scope: Cluster
              names: {kind: {{{kind.Kind}}}, plural: {{{kind.PluralName}}}}
              versions:
                - name: {{{kind.ApiVersion}}}
                  served: true
                  storage: true
                  subresources: {status: {}}
                  schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true} }
            """;
    }
}
