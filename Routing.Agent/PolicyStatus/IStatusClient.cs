using k8s.Models;
using Routing.Agent.KubeApi;
using Routing.Policy.Translate.ClusterPolicies;

namespace Routing.Agent.PolicyStatus;

/// <summary>Writes conditions.</summary>
internal interface IStatusClient
{
    /// <summary>Puts one condition into a policy's status, beside those of others, if the policy is still as it was read.</summary>
    /// <param name="source">Where the kind is.</param>
    /// <param name="policy">As it was read.</param>
    /// <param name="condition">What it shall have.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ApiStatusException">The API server refuses: 409 when the policy has changed, 404 when it is gone.</exception>
    /// <exception cref="HttpRequestException">It cannot be reached.</exception>
    Task ApplyAsync(
        ResourceSource source, ClusterPolicyResource policy, V1Condition condition, CancellationToken cancellationToken);
}
