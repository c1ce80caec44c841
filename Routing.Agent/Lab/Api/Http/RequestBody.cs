using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Routing.Agent.Lab.Api.Protobuf;
using Routing.Agent.Manifests;
using YamlDotNet.Core;

namespace Routing.Agent.Lab.Api.Http;

/// <summary>Reads a request's body as JSON, or as YAML where that is allowed.</summary>
internal static class RequestBody
{
    private const int Most = 3 * 1024 * 1024; // the real server's limit

    /// <summary>The media type alone, in lower case.</summary>
    public static string MediaType(HttpRequest request) =>
        (request.ContentType ?? "").Split(';')[0].Trim().ToLowerInvariant();

    /// <summary>An object to create or replace.</summary>
    /// <exception cref="ApiException">400, 413 or 415.</exception>
    public static async Task<JsonNode?> ReadObjectAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var octets = await ReadAsync(request, cancellationToken).ConfigureAwait(false);
        return MediaType(request) switch
        {
            "" or "application/json" => Json(octets),
            "application/yaml" => Yaml(octets),
            "application/vnd.kubernetes.protobuf" => Protobuf(octets),
            _ => throw ApiErrors.UnsupportedMediaType("application/json", "application/yaml"),
        };
    }

    private static JsonObject Protobuf(byte[] octets)
    {
        try
        {
            return ProtoReader.Read(octets) ?? throw ApiErrors.UnsupportedMediaType("application/json", "application/yaml");
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidDataException)
        {
            throw ApiErrors.BadRequest($"error decoding protobuf: {e.Message}");
        }
    }

    /// <summary>DeleteOptions, or null without a body.</summary>
    public static async Task<JsonNode?> ReadOptionsAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var octets = await ReadAsync(request, cancellationToken).ConfigureAwait(false);
        return octets.Length == 0 ? null : Json(octets);
    }

    /// <summary>A patch; its media type says which kind, and is judged by the caller.</summary>
    public static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, cancellationToken).ConfigureAwait(false)) > 0)
        {
            buffer.Write(chunk, 0, read);
            if (buffer.Length > Most)
            {
                throw new ApiException(413, "RequestEntityTooLarge", $"limit is {Most}", []);
            }
        }

        return buffer.ToArray();
    }

    public static JsonNode? Json(byte[] octets)
    {
        try
        {
            return JsonText.Parse(octets);
        }
        catch (JsonException e)
        {
            throw ApiErrors.BadRequest($"error decoding the request body: json: {e.Message}");
        }
    }

    /// <summary>JSON is YAML too, and is what kubectl sends under this name.</summary>
    public static JsonNode? Yaml(byte[] octets)
    {
        var text = Encoding.UTF8.GetString(octets);
        try
        {
            return text.TrimStart().StartsWith('{') ? Json(octets) : YamlToJson.Convert(text);
        }
        catch (YamlException e)
        {
            throw ApiErrors.BadRequest($"error decoding YAML: {e.Message}");
        }
    }
}
