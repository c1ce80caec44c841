using System.Text.Json.Serialization;

namespace Routing.Agent.Attachments;

/// <summary>JSON of the records, indented for people who look into /run.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    WriteIndented = true)]
[JsonSerializable(typeof(AttachmentFile))]
internal sealed partial class AttachmentJsonContext : JsonSerializerContext;
