using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using Routing.Agent.Manifests;

namespace Routing.Agent.Lab.Cluster;

/// <summary>Creates objects of any kind the API serves, as `kubectl create` does: finds the kind's path by discovery, posts, and
/// lets the API judge; what it refuses is told by file, line and field.</summary>
internal sealed class ObjectCreator(Kubernetes client)
{
    private readonly Dictionary<string, JsonArray> _discovered = [];

    /// <summary>Creates manifests: namespaces first, pods last, so that a pod's first packet already meets its policies.</summary>
    /// <exception cref="LabException">The API refuses one.</exception>
    public async Task CreateAsync(IEnumerable<Manifest> manifests, CancellationToken cancellationToken)
    {
        foreach (var manifest in manifests.OrderBy(manifest => manifest.Kind switch { "Namespace" => 0, "Pod" => 2, _ => 1 }))
        {
            var (code, answer) = await PostAsync(
                manifest.Json, manifest.Namespace, (field, problem) => Wrong(manifest, field, problem), cancellationToken);
            var exists = code == HttpStatusCode.Conflict && manifest.Kind == "Namespace"; // as "default"
            if ((int)code >= 300 && !exists)
            {
                throw Explain(manifest, answer);
            }
        }
    }

    /// <summary>Creates an object of the lab's own.</summary>
    public async Task CreateAsync(JsonObject body, CancellationToken cancellationToken)
    {
        var (code, answer) = await PostAsync(
            body, body["metadata"]!["namespace"]?.GetValue<string>(), (_, problem) => new LabException(problem), cancellationToken);
        if ((int)code >= 300)
        {
            throw new LabException($"the lab API refuses {body["kind"]} {body["metadata"]!["name"]}: {answer["message"]}");
        }
    }

    private async Task<(HttpStatusCode Code, JsonObject Answer)> PostAsync(
        JsonObject body, string? nameSpace, Func<string, string, Exception> wrong, CancellationToken cancellationToken)
    {
        var apiVersion = body["apiVersion"]!.GetValue<string>();
        var kind = body["kind"]!.GetValue<string>();
        var root = apiVersion.Contains('/', StringComparison.Ordinal) ? $"apis/{apiVersion}" : $"api/{apiVersion}";
        var resource = (await DiscoverAsync(root, cancellationToken))
            .FirstOrDefault(item => item!["kind"]!.GetValue<string>() == kind
                && !item["name"]!.GetValue<string>().Contains('/', StringComparison.Ordinal))
            ?? throw wrong("kind", $"{kind} of {apiVersion} is not served by the lab API");
        var namespaced = resource["namespaced"]!.GetValue<bool>();
        if (!namespaced && nameSpace is not null)
        {
            throw wrong("metadata.namespace", $"a {kind} belongs to no namespace");
        }

        var scope = namespaced ? $"/namespaces/{nameSpace ?? "default"}" : "";
        var (code, answer) = await SendAsync(
            HttpMethod.Post, $"{root}{scope}/{resource["name"]}?fieldValidation=Strict", body, cancellationToken);
        return (code, answer);
    }

    private async Task<JsonArray> DiscoverAsync(string root, CancellationToken cancellationToken)
    {
        if (!_discovered.TryGetValue(root, out var resources))
        {
            var (code, answer) = await SendAsync(HttpMethod.Get, root, null, cancellationToken);
            resources = code == HttpStatusCode.OK ? answer["resources"]!.AsArray() : [];
            _discovered[root] = resources;
        }

        return resources;
    }

    private async Task<(HttpStatusCode Code, JsonObject Answer)> SendAsync(
        HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(client.BaseUri, path));
        request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        request.Headers.Accept.ParseAdd("application/json");
        if (client.Credentials is not null)
        {
            await client.Credentials.ProcessHttpRequestAsync(request, cancellationToken);
        }

        using var response = await client.HttpClient.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            return (response.StatusCode, JsonNode.Parse(text)!.AsObject());
        }
        catch (JsonException)
        {
            return (response.StatusCode, new JsonObject { ["message"] = text });
        }
    }

    /// <summary>A Status names fields as causes; a strict decoding error names them in its text alone.</summary>
    private static LabException Explain(Manifest manifest, JsonObject status)
    {
        if (status["details"]?["causes"] is JsonArray { Count: > 0 } causes)
        {
            return Wrong(manifest, causes[0]!["field"]?.GetValue<string>() ?? "", $"{causes[0]!["message"]}");
        }

        const string unknown = "unknown field \"";
        var message = $"{status["message"]}";
        return message.IndexOf(unknown, StringComparison.Ordinal) is var start and >= 0
            ? Wrong(manifest, message[(start + unknown.Length)..].Split('"')[0], "unknown field")
            : Wrong(manifest, "", message);
    }

    private static LabException Wrong(Manifest manifest, string field, string problem)
    {
        var text = problem.ReplaceLineEndings(" ");
        return new LabException(manifest.ErrorAt(field, field.Length == 0 ? text : $"{field}: {text}").ToString());
    }
}
