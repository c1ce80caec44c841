using System.Text.Json.Serialization;

namespace Routing.Cni.Json;

/// <summary>The shim's JSON, generated at compile time: nothing is reflected over at start-up.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(NetworkConfig))]
[JsonSerializable(typeof(ResultJson))]
[JsonSerializable(typeof(ErrorJson))]
[JsonSerializable(typeof(VersionJson))]
internal sealed partial class CniJsonContext : JsonSerializerContext;
