using System.Collections.Immutable;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Routing.Agent.Manifests;

/// <summary>Reads Kubernetes objects of any kind from files and folders: YAML or JSON, several documents in a file,
/// lists unpacked. Like kubectl it looks at *.yaml, *.yml and *.json of a folder, not into folders below it.</summary>
internal static class ManifestReader
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <summary>Reads everything, and lists everything that is wrong; objects of a file with an error may be
    /// missing.</summary>
    public static (ImmutableArray<Manifest> Manifests, ImmutableArray<ManifestError> Errors) Read(
        IEnumerable<string> paths)
    {
        var manifests = ImmutableArray.CreateBuilder<Manifest>();
        var errors = ImmutableArray.CreateBuilder<ManifestError>();
        foreach (var path in paths)
        {
            foreach (var file in Files(path, errors))
            {
                ReadFile(file, manifests, errors);
            }
        }

        return (manifests.ToImmutable(), errors.ToImmutable());
    }

    /// <summary>The same for texts that are no files; each is closed after it was read.</summary>
    public static (ImmutableArray<Manifest> Manifests, ImmutableArray<ManifestError> Errors) ReadTexts(
        IEnumerable<(string Name, TextReader Text)> texts)
    {
        var manifests = ImmutableArray.CreateBuilder<Manifest>();
        var errors = ImmutableArray.CreateBuilder<ManifestError>();
        foreach (var (name, text) in texts)
        {
            using (text)
            {
                ReadText(name, text, manifests, errors);
            }
        }

        return (manifests.ToImmutable(), errors.ToImmutable());
    }

    private static string[] Files(string path, ImmutableArray<ManifestError>.Builder errors)
    {
        if (!Directory.Exists(path))
        {
            return [path];
        }

        string[] files =
            [.. Directory.EnumerateFiles(path).Where(file => Extensions.Contains(Path.GetExtension(file))).Order()];
        if (files.Length == 0)
        {
            errors.Add(new ManifestError(
                path, 0, $"no manifests here; a folder's are its {string.Join(", ", Extensions)} files"));
        }

        return files;
    }

    private static void ReadFile(
        string file, ImmutableArray<Manifest>.Builder manifests, ImmutableArray<ManifestError>.Builder errors)
    {
        try
        {
            using var text = File.OpenText(file);
            ReadText(file, text, manifests, errors);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(new ManifestError(file, 0, $"cannot be read: {e.Message}"));
        }
    }

    private static void ReadText(
        string file,
        TextReader text,
        ImmutableArray<Manifest>.Builder manifests,
        ImmutableArray<ManifestError>.Builder errors)
    {
        try
        {
            foreach (var document in GuardedParser.Read(text))
            {
                ReadObject(file, document.RootNode, "", "", manifests, errors);
            }
        }
        catch (YamlException e)
        {
            // The parser wraps its message in the place, which is said already.
            var message = (e.InnerException ?? e).Message;
            errors.Add(new ManifestError(file, (int)e.Start.Line, $"not readable as YAML or JSON: {message}"));
        }
    }

    /// <param name="node">The object.</param>
    /// <param name="listVersion">The apiVersion of the typed list it stands in, which its items may leave out.</param>
    /// <param name="listKind">Likewise, the kind of its items.</param>
    private static void ReadObject(
        string file,
        YamlNode node,
        string listVersion,
        string listKind,
        ImmutableArray<Manifest>.Builder manifests,
        ImmutableArray<ManifestError>.Builder errors)
    {
        var line = (int)node.Start.Line;
        if (node is YamlScalarNode { Value: null or "" })
        {
            return; // an empty document, as before a leading or after a trailing "---"
        }

        if (node is not YamlMappingNode mapping || YamlToJson.Convert(node) is not JsonObject json)
        {
            errors.Add(new ManifestError(
                file, line, "this is no Kubernetes object; it begins with apiVersion and kind"));
            return;
        }

        var apiVersion = Text(json, "apiVersion") ?? listVersion;
        var kind = Text(json, "kind") ?? listKind;
        if (apiVersion.Length == 0 || kind.Length == 0)
        {
            var field = apiVersion.Length == 0 ? "apiVersion" : "kind";
            errors.Add(new ManifestError(file, line, $"{field}: missing; every object has an apiVersion and a kind"));
        }
        else if (kind.EndsWith("List", StringComparison.Ordinal)
            && mapping.Children.TryGetValue("items", out var items) && items is YamlSequenceNode sequence)
        {
            foreach (var item in sequence.Children)
            {
                var itemKind = kind[..^"List".Length];
                ReadObject(file, item, itemKind.Length == 0 ? "" : apiVersion, itemKind, manifests, errors);
            }
        }
        else
        {
            json["apiVersion"] ??= apiVersion;
            json["kind"] ??= kind;
            manifests.Add(new Manifest(file, apiVersion, kind, json, node));
        }
    }

    private static string? Text(JsonObject json, string field) =>
        json[field] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
