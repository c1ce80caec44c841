using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Translate;

namespace Routing.Agent.Manifests;

/// <summary>Flows as JSON lines (DESIGN.md §8).</summary>
internal static class FlowFile
{
    private const string EndAllowed = "namespace/pod or an IP address";

    /// <summary>Reads all lines, and lists all that is wrong in them.</summary>
    /// <param name="path">"-" for standard input.</param>
    /// <param name="cluster">The pods that flows may name; null to leave that unchecked.</param>
    public static (ImmutableArray<FlowLine> Flows, ImmutableArray<ManifestError> Errors) Read(
        string path, ClusterView? cluster)
    {
        var flows = ImmutableArray.CreateBuilder<FlowLine>();
        var errors = ImmutableArray.CreateBuilder<ManifestError>();
        try
        {
            using var reader = path == "-" ? Console.In : File.OpenText(path);
            for (var line = 1; reader.ReadLine() is { } text; line++)
            {
                if (!string.IsNullOrWhiteSpace(text) && Parse(text, path, line, cluster, errors) is { } flow)
                {
                    flows.Add(flow);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(new ManifestError(path, 0, $"cannot be read: {e.Message}"));
        }

        return (flows.ToImmutable(), errors.ToImmutable());
    }

    private static FlowLine? Parse(
        string text, string path, int line, ClusterView? cluster, ImmutableArray<ManifestError>.Builder errors)
    {
        JsonObject? json;
        try
        {
            json = JsonNode.Parse(text, documentOptions: new() { AllowDuplicateProperties = false }) as JsonObject;
        }
        catch (JsonException e)
        {
            errors.Add(new ManifestError(path, line, $"not readable as JSON: {e.Message}"));
            return null;
        }

        if (json is null)
        {
            errors.Add(new ManifestError(path, line, "a flow is a JSON object with from, to, protocol and port"));
            return null;
        }

        var before = errors.Count;
        var from = End(json, "from", cluster, Wrong);
        var to = End(json, "to", cluster, Wrong);
        if (!TransportProtocols.TryParse(Text(json, "protocol"), out var protocol))
        {
            Wrong("protocol", TransportProtocols.Allowed);
        }

        if (json["port"] is not JsonValue number || !number.TryGetValue(out ushort port) || port == 0)
        {
            port = 0;
            Wrong("port", "a number from 1 to 65535");
        }

        if (from is FlowEnd.Address(var a) && to is FlowEnd.Address(var b) && a.Family != b.Family)
        {
            Wrong("to", $"an address of the same IP version as from ({a})");
        }

        return errors.Count == before ? new FlowLine(json, new Flow(from!, to!, protocol, port)) : null;

        void Wrong(string field, string allowed) => errors.Add(new ManifestError(
            path, line, $"{new Problem(field, json[field]?.ToString() ?? "", allowed)}"));
    }

    private static FlowEnd? End(JsonObject json, string field, ClusterView? cluster, Action<string, string> wrong)
    {
        if (!FlowEnd.TryParse(Text(json, field), out var end))
        {
            wrong(field, EndAllowed);
        }
        else if (end is FlowEnd.Pod(var name) && cluster is not null && !cluster.Pods.ContainsKey(name))
        {
            wrong(field, "the manifests have no such pod");
        }

        return end;
    }

    /// <summary>A field's text; null when it is missing, and what stands there when it is no text, so that it is
    /// refused.</summary>
    private static string? Text(JsonObject json, string field) => json[field]?.ToString();
}
