using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json.Nodes;
using k8s.Models;
using Routing.Agent.KubeApi;
using Routing.Policy.Model;

namespace Routing.Agent.Dataplane;

/// <summary>A kind of objects the packet filter is made from: its names at an API server and what becomes of it. All of them are
/// in <see cref="PolicyInputs"/>. Until each has been listed in full, nobody can say what is closed, and nothing is
/// changed.</summary>
internal abstract class PolicyInput
{
    /// <param name="resource">The objects' class.</param>
    /// <param name="isPolicy">They are policies, in which nothing may be passed over.</param>
    /// <param name="sources">Where they are, the first that is defined; empty for where their class says, always.</param>
    protected PolicyInput(Type resource, bool isPolicy, ImmutableArray<ResourceSource> sources)
    {
        (Resource, IsPolicy) = (resource, isPolicy);
        Sources = sources.IsEmpty ? [ResourceSource.Of(resource)] : sources;
        Kind = resource.GetCustomAttribute<KubernetesEntityAttribute>()!.Kind;
    }

    /// <summary>The objects' class.</summary>
    public Type Resource { get; }

    /// <summary>"NetworkPolicy".</summary>
    public string Kind { get; }

    /// <summary>True for policies: also what is not known of them counts.</summary>
    public bool IsPolicy { get; }

    /// <summary>Where they are; the first that is defined, and never two.</summary>
    public ImmutableArray<ResourceSource> Sources { get; }

    /// <summary>True when a cluster need not have the kind.</summary>
    public bool IsOptional => Sources[0].Definition is not null;

    /// <summary>True for an object of the kind.</summary>
    public bool Reads(string apiVersion, string kind) =>
        kind == Kind && Sources.Any(source => source.ApiVersion == apiVersion);

    /// <summary>An object as the model has it, and what is wrong with it; for <see cref="Put"/>.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is no object of the kind.</exception>
    public abstract (object Model, EquatableArray<Problem> Problems) Translate(JsonObject json);

    /// <summary>The cluster with an object that <see cref="Translate"/> gave, in place of one of its name.</summary>
    public abstract ClusterView Put(ClusterView cluster, object model);

    /// <summary>Calls back with the types.</summary>
    public abstract void Accept(IPolicyInputVisitor visitor);

    /// <summary>Plural name with the group, but for Kubernetes' own.</summary>
    public override string ToString() => Sources[0] is var first && first.ApiVersion.Split('/') is [var group, _] && group.Contains('.')
        && group != "networking.k8s.io"
            ? $"{first.Plural}.{group}"
            : first.Plural;
}
