using Routing.Policy.Compile;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Tests.Policy;

/// <summary>Policies of all kinds side by side in one small cluster, from a seed.</summary>
internal static class EveryKind
{
    /// <param name="seed">Decides everything.</param>
    /// <param name="pods">How many.</param>
    /// <param name="nodes">Over how many of the nodes the pods are spread.</param>
    public static ClusterView Make(int seed, int pods = 9, int nodes = 2) => new RandomCalico(seed).Around(
        new RandomClusterPolicies(seed).Around(new RandomCluster(seed).Make(pods, policies: 3, nodes)), policies: 6);

    /// <summary>True where rules could not be nested as deep as the policies would have it: there they deny, whatever the policies
    /// say.</summary>
    public static bool IsTooDeep(Ruleset ruleset) =>
        ruleset.Chains.Values.SelectMany(chain => chain.Rules).Any(rule => rule.Comment == ProfileStages.TooDeep);
}
