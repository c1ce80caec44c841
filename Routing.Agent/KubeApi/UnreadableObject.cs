using System.Collections.Immutable;
using k8s;
using k8s.Models;

namespace Routing.Agent.KubeApi;

/// <summary>An object of which something cannot be read (docs/adr/0030).</summary>
/// <param name="Rest">What can be; its name at least.</param>
/// <param name="Lost">What cannot.</param>
public sealed record UnreadableObject<T>(T Rest, ImmutableArray<LostField> Lost)
    where T : IKubernetesObject<V1ObjectMeta>;
