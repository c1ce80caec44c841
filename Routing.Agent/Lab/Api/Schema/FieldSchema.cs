using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Schema;

/// <summary>The shape of one field, from KubernetesClient's models or from a CRD. One shape serves strict decoding, pruning,
/// validation, strategic merge and server-side apply. Built once, then only read; it may contain itself, since JSON Schema
/// does.</summary>
internal sealed class FieldSchema
{
    public static FieldSchema Anything { get; } = new() { Type = FieldType.Any };

    public FieldType Type { get; set; }

    /// <summary>Declared fields of an object.</summary>
    public Dictionary<string, FieldSchema> Properties { get; } = new(StringComparer.Ordinal);

    /// <summary>Element of a list.</summary>
    public FieldSchema? Items { get; set; }

    /// <summary>Value of a map with free keys.</summary>
    public FieldSchema? Values { get; set; }

    /// <summary>Fields that are not declared stay.</summary>
    public bool PreservesUnknown { get; set; }

    public bool Nullable { get; set; }

    /// <summary>The value of this field is a whole to server-side apply: one owner, never merged.</summary>
    public bool Atomic { get; set; }

    /// <summary>Fields that tell a list's elements apart in server-side apply; empty where the list is atomic or a set.</summary>
    public IReadOnlyList<string> ListKeys { get; set; } = [];

    /// <summary>A list of scalars without order or repetition.</summary>
    public bool IsSet { get; set; }

    /// <summary>patchMergeKey of strategic merge; null where the list is replaced. Empty for a merged list of scalars.</summary>
    public string? MergeKey { get; set; }

    public IReadOnlyList<string> Required { get; set; } = [];

    public IReadOnlyList<JsonNode?> Enum { get; set; } = [];

    public string? Pattern { get; set; }

    public string? Format { get; set; }

    public double? Minimum { get; set; }

    public double? Maximum { get; set; }

    public bool ExclusiveMinimum { get; set; }

    public bool ExclusiveMaximum { get; set; }

    public long? MinLength { get; set; }

    public long? MaxLength { get; set; }

    public long? MinItems { get; set; }

    public long? MaxItems { get; set; }

    /// <summary>Filled in where the field is missing; null for no default.</summary>
    public JsonNode? Default { get; set; }

    /// <summary>The schema below a field name: declared, else the map's value, else anything if unknown fields are kept.</summary>
    public FieldSchema? Field(string name) =>
        Properties.TryGetValue(name, out var declared) ? declared
        : Values ?? (PreservesUnknown || Type == FieldType.Any ? Anything : null);
}
