using k8s;
using k8s.Models;

namespace Routing.Agent.Dataplane;

/// <summary>Does something with a <see cref="PolicyInput"/> for which its types have to be known.</summary>
internal interface IPolicyInputVisitor
{
    void Visit<TResource, TModel>(PolicyInput<TResource, TModel> input)
        where TResource : IKubernetesObject<V1ObjectMeta>
        where TModel : class;
}
