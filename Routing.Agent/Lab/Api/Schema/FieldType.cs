namespace Routing.Agent.Lab.Api.Schema;

/// <summary>JSON types as OpenAPI names them.</summary>
internal enum FieldType
{
    /// <summary>Anything goes: an unstructured corner.</summary>
    Any,
    Object,
    Array,
    String,
    Integer,
    Number,
    Boolean,

    /// <summary>A port or a percentage.</summary>
    IntOrString,
}
