using System.Text.Json.Nodes;
using Routing.Policy.Model;
using YamlDotNet.RepresentationModel;

namespace Routing.Agent.Manifests;

/// <summary>One Kubernetes object as it stands in a file or at an API server.</summary>
/// <param name="File">The file; empty for an object of the API server.</param>
/// <param name="ApiVersion">"v1", "networking.k8s.io/v1".</param>
/// <param name="Kind">"Pod".</param>
/// <param name="Json">The object as the API takes it.</param>
/// <param name="Source">The same in YAML, which knows its lines; null for an object of the API server.</param>
internal sealed record Manifest(string File, string ApiVersion, string Kind, JsonObject Json, YamlNode? Source)
{
    /// <summary>True for an object of the API server, which is in force whatever is wrong with it.</summary>
    public bool IsLive => Source is null;

    /// <summary>The line it begins at, from 1; 0 for an object of the API server.</summary>
    public int Line => (int)(Source?.Start.Line ?? 0);

    /// <summary>metadata.name; empty when there is none.</summary>
    public string Name => Metadata("name") ?? "";

    /// <summary>metadata.namespace; null when the object names none.</summary>
    public string? Namespace => Metadata("namespace");

    /// <summary>The line of a field, or of the innermost thing around it; 0 for an object of the API server.</summary>
    public int LineOf(string field) => Source is null ? 0 : YamlLines.Find(Source, field);

    /// <summary>Where a field stands, as people write it: "file:line"; empty for an object of the API server.</summary>
    public string PlaceOf(string field) => Source is null ? "" : $"{File}:{LineOf(field)}";

    /// <summary>Says where in the file a problem of the object is.</summary>
    public ManifestError ErrorAt(Problem problem) =>
        ErrorAt(problem.Field, problem.ToString()) with { Object = $"{Kind} {Title()}", Problem = problem };

    /// <summary>Says where something is that is allowed but hardly meant.</summary>
    public ManifestError WarnAt(string field, string message) =>
        ErrorAt(field, $"{field}: {message}") with { Object = $"{Kind} {Title()}", Problem = new Problem(field, "", "") };

    /// <summary>The same in another's words, as the API server's, which name the field themselves or not.</summary>
    public ManifestError ErrorAt(string field, string message) =>
        new(File, LineOf(field), $"{Kind} {Title()}: {message}");

    private string Title() => Namespace is { } name ? $"{name}/{Name}" : Name;

    private string? Metadata(string field) =>
        Json["metadata"] is JsonObject metadata
        && metadata[field] is JsonValue value && value.TryGetValue(out string? text)
            ? text
            : null;
}
