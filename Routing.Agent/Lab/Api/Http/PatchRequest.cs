using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Kinds;
using Routing.Agent.Lab.Api.Patches;

namespace Routing.Agent.Lab.Api.Http;

/// <summary>The body of a PATCH, which its media type gives a meaning.</summary>
internal sealed class PatchRequest
{
    private const string ApplyType = "application/apply-patch+yaml";
    private const string JsonType = "application/json-patch+json";
    private const string MergeType = "application/merge-patch+json";
    private const string StrategicType = "application/strategic-merge-patch+json";

    private readonly string _type;
    private readonly ResourceKind _kind;

    private PatchRequest(string type, JsonNode? body, ResourceKind kind) => (_type, Body, _kind) = (type, body, kind);

    public JsonNode? Body { get; }

    /// <summary>Server-side apply is no function of the stored object alone.</summary>
    public bool IsApply => _type == ApplyType;

    /// <exception cref="ApiException">415: not a patch type, or strategic merge of a custom resource, which has no merge keys.</exception>
    public static PatchRequest Parse(string mediaType, byte[] octets, ResourceKind kind)
    {
        string[] accepted = kind.IsCustom ? [JsonType, MergeType, ApplyType] : [JsonType, MergeType, StrategicType, ApplyType];
        if (!accepted.Contains(mediaType))
        {
            throw ApiErrors.UnsupportedMediaType(accepted);
        }

        var body = mediaType == ApplyType ? RequestBody.Yaml(octets) : RequestBody.Json(octets);
        return mediaType is MergeType or StrategicType && body is not JsonObject
            ? throw ApiErrors.BadRequest("error decoding patch: the patch is not an object")
            : new PatchRequest(mediaType, body, kind);
    }

    /// <summary>A changed copy of <paramref name="document"/>.</summary>
    public JsonNode? Apply(JsonObject document) => _type switch
    {
        JsonType => JsonPatch.Apply(document, Body),
        MergeType => JsonMergePatch.Apply(document, Body),
        _ => StrategicMergePatch.Apply(document, (JsonObject)Body!, _kind.Schema),
    };
}
