using System.Text.Json.Serialization;

namespace Routing.Cni.Json;

/// <summary>The shim's JSON, generated at compile time: nothing is reflected over at start-up.</summary>
/// <remarks>What is read has plain setters: the generator gives an init-only property that the text lacks its type's default,
/// not its initializer's value.</remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(NetworkConfig))]
[JsonSerializable(typeof(ResultJson))]
[JsonSerializable(typeof(ErrorJson))]
[JsonSerializable(typeof(VersionJson))]
internal sealed partial class CniJsonContext : JsonSerializerContext;
