using System.Collections.Immutable;
using System.IO.Enumeration;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Routing.Agent.Manifests;

/// <summary>Reads Kubernetes objects of any kind from files and folders: YAML or JSON, several documents in a file,
/// lists unpacked. Like kubectl it looks at *.yaml, *.yml and *.json of a folder, and into folders below it only when told to.</summary>
internal static class ManifestReader
{
    /// <summary>As a path: standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>What messages call it, as compilers do.</summary>
    public const string StandardInputName = "<stdin>";

    private const string RenderFirst =
        "what helm and kustomize make manifests of is rendered first: helm template CHART | routing ... -f -, "
        + "kubectl kustomize DIR | routing ... -f -";

    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <summary>Reads everything, and lists everything that is wrong; a document with a mistake is missing, and
    /// hides no other.</summary>
    /// <param name="paths">Files, folders, or "-"; what is named twice is read once.</param>
    /// <param name="recursive">Into folders below those named, too; links to folders are not followed.</param>
    public static (ImmutableArray<Manifest> Manifests, ImmutableArray<ManifestError> Errors) Read(
        IEnumerable<string> paths, bool recursive = false)
    {
        var manifests = ImmutableArray.CreateBuilder<Manifest>();
        var errors = ImmutableArray.CreateBuilder<ManifestError>();
        foreach (var file in paths.SelectMany(path => Files(path, recursive, errors)).DistinctBy(Path.GetFullPath))
        {
            ReadFile(file, manifests, errors);
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

    private static string[] Files(string path, bool recursive, ImmutableArray<ManifestError>.Builder errors)
    {
        if (path == StandardInput || !Directory.Exists(path))
        {
            return [path];
        }

        try
        {
            var found = new FileSystemEnumerable<string>(
                path, (ref entry) => entry.ToSpecifiedFullPath(),
                new EnumerationOptions { RecurseSubdirectories = recursive, IgnoreInaccessible = false, AttributesToSkip = 0 })
            {
                ShouldIncludePredicate = (ref entry) => !entry.IsDirectory,
                ShouldRecursePredicate = (ref entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
            };
            string[] files = [.. found.Where(file => Extensions.Contains(Path.GetExtension(file))).Order(StringComparer.Ordinal)];
            if (files.Length == 0)
            {
                errors.Add(new ManifestError(
                    path, 0, $"no manifests here; a folder's are its {string.Join(", ", Extensions)} files"
                    + (recursive || Directory.GetDirectories(path).Length == 0 ? "" : ", and with --recursive those of the folders in it")));
            }

            return files;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(new ManifestError(path, 0, $"cannot be read: {e.Message}"));
            return [];
        }
    }

    private static void ReadFile(
        string file, ImmutableArray<Manifest>.Builder manifests, ImmutableArray<ManifestError>.Builder errors)
    {
        try
        {
            if (file == StandardInput)
            {
                ReadText(StandardInputName, Console.In, manifests, errors);
                return;
            }

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
        var (documents, malformed) = GuardedParser.ReadAll(text.ReadToEnd());
        var wrong = malformed.ToList();
        foreach (var document in documents)
        {
            try
            {
                ReadObject(file, document.RootNode, "", "", manifests, errors);
            }
            catch (YamlException e)
            {
                wrong.Add(e);
            }
        }

        foreach (var (i, e) in wrong.Index())
        {
            // The parser wraps its message in the place, which is said already.
            var message = (e.InnerException ?? e).Message.TrimEnd('.');
            errors.Add(new ManifestError(
                file, (int)e.End.Line, $"not readable as YAML or JSON: {message}{(i == 0 && IsTemplate(file) ? $"; {RenderFirst}" : "")}"));
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
            errors.Add(new ManifestError(
                file, line, $"{field}: missing; every object has an apiVersion and a kind{(IsInput(file) ? $"; {RenderFirst}" : "")}"));
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

    /// <summary>True for a text that Helm makes manifests of.</summary>
    private static bool IsTemplate(string file) =>
        File.Exists(file) && File.ReadLines(file).Any(line => line.Contains("{{", StringComparison.Ordinal));

    /// <summary>True for what tells a renderer how to.</summary>
    private static bool IsInput(string file) =>
        Path.GetFileNameWithoutExtension(file) is "kustomization" or "values" or "Chart";

    private static string? Text(JsonObject json, string field) =>
        json[field] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
