using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Storage;

namespace Routing.Agent.Lab.Api.Http;

/// <summary>A continue token: the version the list is read at and the last key given, as the real server encodes them. Opaque to
/// clients.</summary>
internal static class ListToken
{
    public static string Encode(long version, ObjectKey last) => Base64Url.EncodeToString(JsonText.Compact(new JsonObject
    {
        ["v"] = "meta.k8s.io/v1",
        ["rv"] = version,
        ["start"] = $"{last}\0", // the smallest key above the last
    }));

    /// <exception cref="ApiException">400: not one of our tokens.</exception>
    public static (long Version, ObjectKey Last) Decode(string token)
    {
        try
        {
            var decoded = JsonNode.Parse(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)));
            var start = decoded.Text("start") ?? throw new FormatException();
            var key = start.TrimEnd('\0').Split('/');
            var last = key.Length == 2 ? new ObjectKey(key[0], key[1]) : new ObjectKey("", key[0]);
            return (decoded.Integer("rv") ?? throw new FormatException(), last);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw ApiErrors.BadRequest($"continue key is not valid: {e.Message}");
        }
    }
}
