using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Translate.Calico;

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
            using var reader = path == ManifestReader.StandardInput ? Console.In : File.OpenText(path);
            path = path == ManifestReader.StandardInput ? ManifestReader.StandardInputName : path;
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
        if (!CalicoProtocols.TryParse(Text(json, "protocol") ?? "TCP", out var protocol))
        {
            Wrong("protocol", CalicoProtocols.Allowed);
            protocol = TransportProtocol.Tcp; // so that the rest is looked at
        }

        ushort port = 0;
        if (protocol.HasPorts() && (!TryNumber(json, "port", out port) || port == 0))
        {
            Wrong("port", "a number from 1 to 65535");
        }

        ushort sourcePort = protocol.HasPorts() ? Flow.EphemeralPort : (ushort)0;
        if (json["sourcePort"] is not null
            && (!protocol.HasPorts() || !TryNumber(json, "sourcePort", out sourcePort) || sourcePort == 0))
        {
            Wrong("sourcePort", "a number from 1 to 65535, with a protocol that has ports");
        }

        byte type = 0, code = 0;
        if (protocol.HasTypes() && !TryNumber(json, "type", out type))
        {
            Wrong("type", "a number from 0 to 255: the type of the message");
        }

        if (json["code"] is not null && (!protocol.HasTypes() || !TryNumber(json, "code", out code)))
        {
            Wrong("code", "a number from 0 to 255, with ICMP or ICMPv6");
        }

        if (from is FlowEnd.Address(var a) && to is FlowEnd.Address(var b) && a.Family != b.Family)
        {
            Wrong("to", $"an address of the same IP version as from ({a})");
        }

        return errors.Count == before ? new FlowLine(
            json,
            new Flow(from!, to!, protocol, port) { SourcePort = sourcePort, IcmpType = type, IcmpCode = code })
            : null;

        void Wrong(string field, string allowed) => errors.Add(new ManifestError(
            path, line, $"{new Problem(field, json[field]?.ToString() ?? "", allowed)}"));
    }

    private static bool TryNumber<T>(JsonObject json, string field, out T number)
        where T : struct
    {
        number = default;
        return json[field] is JsonValue value && value.TryGetValue(out number);
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
