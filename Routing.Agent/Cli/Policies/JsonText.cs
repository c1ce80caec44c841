using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Routing.Agent.Cli.Policies;

/// <summary>JSON for people and jq: indented, names as they are rather than escaped for a web page.</summary>
internal static class JsonText
{
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Format(JsonNode json) => json.ToJsonString(Readable);
}
