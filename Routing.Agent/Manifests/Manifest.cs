using System.Text.Json.Nodes;
using Routing.Policy.Model;
using YamlDotNet.RepresentationModel;

namespace Routing.Agent.Manifests;

/// <summary>One Kubernetes object as it stands in a file.</summary>
/// <param name="File">The file.</param>
/// <param name="ApiVersion">"v1", "networking.k8s.io/v1".</param>
/// <param name="Kind">"Pod".</param>
/// <param name="Json">The object as the API takes it.</param>
/// <param name="Source">The same in YAML, which knows its lines.</param>
internal sealed record Manifest(string File, string ApiVersion, string Kind, JsonObject Json, YamlNode Source)
{
    /// <summary>The line it begins at, from 1.</summary>
    public int Line => (int)Source.Start.Line;

    /// <summary>metadata.name; empty when there is none.</summary>
    public string Name => Metadata("name") ?? "";

    /// <summary>metadata.namespace; null when the object names none.</summary>
    public string? Namespace => Metadata("namespace");

    /// <summary>Says where in the file a problem of the object is.</summary>
    public ManifestError ErrorAt(Problem problem) =>
        ErrorAt(problem.Field, problem.ToString()) with { Object = $"{Kind} {Title()}", Problem = problem };

    /// <summary>Says where something is that is allowed but hardly meant.</summary>
    public ManifestError WarnAt(string field, string message) =>
        ErrorAt(field, $"{field}: {message}") with { Object = $"{Kind} {Title()}", Problem = new Problem(field, "", "") };

    /// <summary>The same in another's words, as the API server's, which name the field themselves or not.</summary>
    public ManifestError ErrorAt(string field, string message) =>
        new(File, YamlLines.Find(Source, field), $"{Kind} {Title()}: {message}");

    private string Title() => Namespace is { } name ? $"{name}/{Name}" : Name;

    private string? Metadata(string field) =>
        Json["metadata"] is JsonObject metadata
        && metadata[field] is JsonValue value && value.TryGetValue(out string? text)
            ? text
            : null;
}
