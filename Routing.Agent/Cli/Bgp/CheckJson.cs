using System.Text.Json;
using System.Text.Json.Nodes;
using Routing.Agent.BgpConfig;
using Routing.Agent.Manifests;

namespace Routing.Agent.Cli.Bgp;

/// <summary>What `routing bgp check -o json` prints.</summary>
internal static class CheckJson
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true };

    /// <summary>One document for all files.</summary>
    public static string Format(IEnumerable<(string Path, SpeakerFile File)> checks) => new JsonObject
    {
        ["files"] = new JsonArray([.. checks.Select(check => (JsonNode)new JsonObject
        {
            ["file"] = check.Path,
            ["valid"] = check.File.Errors.IsEmpty,
            ["errors"] = Problems(check.File.Errors),
            ["warnings"] = Problems(check.File.Warnings),
        })]),
    }.ToJsonString(Options);

    private static JsonArray Problems(IEnumerable<ManifestError> problems) => new([.. problems.Select(Problem)]);

    /// <summary>A field that is missing has an empty value; what concerns a whole file has neither line nor object.</summary>
    private static JsonNode Problem(ManifestError problem) => new JsonObject
    {
        ["file"] = problem.File,
        ["line"] = problem.Line,
        ["object"] = problem.Object,
        ["field"] = problem.Problem?.Field ?? "",
        ["value"] = problem.Problem?.Value ?? "",
        ["allowed"] = problem.Problem?.Allowed ?? "",
        ["message"] = problem.Message,
    };
}
