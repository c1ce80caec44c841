using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Routing.Agent.KubeApi;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Translate;

namespace Routing.Agent.Dataplane;

/// <summary>A <see cref="PolicyInput"/> with what it becomes.</summary>
internal sealed class PolicyInput<TResource, TModel>(
    Func<TResource, Translated<TModel>> translate, bool isPolicy = false, params ImmutableArray<ResourceSource> sources)
    : PolicyInput(typeof(TResource), isPolicy, sources)
    where TResource : IKubernetesObject<V1ObjectMeta>
    where TModel : class
{
    /// <summary>Puts an object into a cluster's view.</summary>
    public required Func<ClusterView, TModel, ClusterView> Add { get; init; }

    /// <summary>Tells a node's policy of all objects.</summary>
    public required Action<NodePolicy, IReadOnlyList<TModel>> Replace { get; init; }

    /// <summary>Tells it of one that came or changed.</summary>
    public required Action<NodePolicy, TModel> Upsert { get; init; }

    /// <summary>Tells it of one that went, as it was last.</summary>
    public required Action<NodePolicy, TModel> Remove { get; init; }

    /// <summary>The object of that name as the node's policy was last told of it; null when it is not there.</summary>
    public required Func<NodePolicy, TModel, TModel?> Known { get; init; }

    /// <summary>The fields that its translation looks at, beside the name.</summary>
    public ImmutableArray<string> Needs { get; init; } = ["spec"];

    /// <summary>What an object stands for of which some of these cannot be read: given the rest of it, and what is known of it. Null when
    /// nothing stands for it.</summary>
    public Func<TModel, TModel?, ImmutableArray<LostField>, TModel?> Close { get; init; } = (rest, known, _) => known ?? rest;

    /// <summary>An object of which something cannot be read, as the node's policy shall have it; null for not at all.</summary>
    public TModel? Mend(NodePolicy policy, UnreadableObject<TResource> unreadable)
    {
        var rest = Translate(unreadable.Rest).Value;
        ImmutableArray<LostField> lost = [.. unreadable.Lost.Where(field => Needs.Any(field.Touches))];
        return lost.IsEmpty ? rest : Close(rest, Known(policy, rest), lost);
    }

    /// <summary>An object as the model has it.</summary>
    public Translated<TModel> Translate(TResource resource) => translate(resource);

    /// <inheritdoc/>
    public override (object Model, EquatableArray<Problem> Problems) Translate(JsonObject json)
    {
        var resource = KubernetesJson.Deserialize<TResource>(json)
            ?? throw new JsonException($"nothing where a {Kind} is expected");
        var (value, problems) = translate(resource);
        return (value, problems);
    }

    /// <inheritdoc/>
    public override ClusterView Put(ClusterView cluster, object model) => Add(cluster, (TModel)model);

    /// <inheritdoc/>
    public override void Accept(IPolicyInputVisitor visitor) => visitor.Visit(this);
}
