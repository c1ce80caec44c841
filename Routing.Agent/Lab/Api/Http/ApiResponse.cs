using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Http;

/// <summary>Writes whole answers: JSON with a length, indented for people with curl.</summary>
internal static class ApiResponse
{
    public static Task WriteAsync(HttpContext http, int code, JsonNode body, CancellationToken cancellationToken) =>
        WriteAsync(http, code, JsonText.Compact(body), cancellationToken);

    public static async Task WriteAsync(
        HttpContext http, int code, ReadOnlyMemory<byte> compact, CancellationToken cancellationToken)
    {
        var body = compact;
        if (IsForPeople(http.Request))
        {
            using var document = JsonDocument.Parse(compact);
            body = JsonText.Indented(document.RootElement);
        }

        Head(http, code);
        http.Response.ContentLength = body.Length;
        await http.Response.BodyWriter.WriteAsync(body, cancellationToken).ConfigureAwait(false);
    }

    public static Task WriteAsync(HttpContext http, ApiException refusal, CancellationToken cancellationToken)
    {
        if (refusal.ToStatus().At("details", "retryAfterSeconds") is { } seconds)
        {
            http.Response.Headers.RetryAfter = seconds.ToJsonString();
        }

        return WriteAsync(http, refusal.Code, refusal.ToStatus(), cancellationToken);
    }

    /// <summary>Status line and headers of every answer.</summary>
    public static void Head(HttpContext http, int code, string contentType = "application/json")
    {
        http.Response.StatusCode = code;
        http.Response.ContentType = contentType;
        http.Response.Headers.CacheControl = "no-cache, private";
    }

    public static void Warn(HttpContext http, IEnumerable<string> warnings)
    {
        foreach (var warning in warnings)
        {
            var text = warning.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
            http.Response.Headers.Append("Warning", $"299 - \"{text}\"");
        }
    }

    public static void Write(this IBufferWriter<byte> writer, ReadOnlyMemory<byte> octets) => writer.Write(octets.Span);

    private static bool IsForPeople(HttpRequest request)
    {
        var asked = request.Query["pretty"].ToString();
        if (asked.Length > 0)
        {
            return asked is "true" or "1";
        }

        var agent = request.Headers.UserAgent.ToString();
        return agent.StartsWith("curl", StringComparison.Ordinal) || agent.StartsWith("Wget", StringComparison.Ordinal)
            || agent.StartsWith("Mozilla/5.0", StringComparison.Ordinal);
    }
}
