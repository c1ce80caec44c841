using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api;

/// <summary>Reading and writing JSON nodes. The encoder leaves quotes and plus signs readable, as Go's does; nothing here ends up
/// inside HTML.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions CompactOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonWriterOptions IndentedOptions =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true };

    // A key given twice is an error to the real server's strict decoding; here it always is.
    private static readonly JsonDocumentOptions ParseOptions = new() { AllowDuplicateProperties = false };

    /// <exception cref="JsonException">Not JSON, or a key stands twice in one object.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> utf8) => JsonNode.Parse(utf8, null, ParseOptions);

    public static byte[] Compact(JsonNode node) => Write(CompactOptions, writer => node.WriteTo(writer));

    /// <summary>For people: curl, and ?pretty=true.</summary>
    public static byte[] Indented(JsonElement element) => Write(IndentedOptions, element.WriteTo);

    public static byte[] CompactWithout(JsonObject node, params ReadOnlySpan<string> names)
    {
        var left = names.ToArray();
        return Write(CompactOptions, writer =>
        {
            writer.WriteStartObject();
            foreach (var (name, value) in node.Where(pair => !left.Contains(pair.Key)))
            {
                writer.WritePropertyName(name);
                if (value is null)
                {
                    writer.WriteNullValue();
                }
                else
                {
                    value.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        });
    }

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>metav1.Time: RFC 3339 in whole seconds, UTC.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static byte[] Write(JsonWriterOptions options, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, options))
        {
            write(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
