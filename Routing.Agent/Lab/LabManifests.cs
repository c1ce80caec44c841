using System.Collections.Immutable;
using Routing.Agent.Manifests;

namespace Routing.Agent.Lab;

/// <summary>The manifests a lab begins with: a folder's, or the example that is built into the program, so that a bare `routing
/// lab` works from any folder.</summary>
internal static class LabManifests
{
    private const string ExamplePrefix = "examples/lab/";
    private const string DefinitionPrefix = "crds/";

    /// <summary>The definitions of our own kinds, as the chart installs them.</summary>
    public static ImmutableArray<Manifest> Definitions => ReadResources(DefinitionPrefix).Manifests;

    /// <summary>Reads them.</summary>
    /// <exception cref="LabException">There are none, or one is no Kubernetes object; the first of the errors.</exception>
    public static ImmutableArray<Manifest> Load(string? folder)
    {
        if (folder is not null && !Directory.Exists(folder))
        {
            throw new LabException($"-f {folder}: no such folder; name one with .yaml files, or leave -f out for the example");
        }

        var (manifests, errors) = folder is null ? ReadResources(ExamplePrefix) : ManifestReader.Read([folder]);
        return errors switch
        {
            [] => manifests,
            [var only] => throw new LabException(only.ToString()),
            [var first, ..] => throw new LabException($"{first} (and {errors.Length - 1} more)"),
        };
    }

    private static (ImmutableArray<Manifest> Manifests, ImmutableArray<ManifestError> Errors) ReadResources(string prefix)
    {
        var assembly = typeof(LabManifests).Assembly;
        return ManifestReader.ReadTexts(assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => (name, (TextReader)new StreamReader(assembly.GetManifestResourceStream(name)!))));
    }
}
