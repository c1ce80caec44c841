using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Routing.Agent.Manifests;

/// <summary>YAML to JSON as kubectl does it: plain scalars that look like a number, a truth value or nothing are that,
/// quoted ones are strings; "&lt;&lt;" takes in the fields of another mapping. (YAML 1.1's yes, no, on and off stay strings, as YAML
/// 1.2 has them.)</summary>
internal static class YamlToJson
{
    private const string MergeKey = "<<";

    /// <exception cref="YamlException">The document cannot be said in JSON; it knows its place.</exception>
    public static JsonNode? Convert(YamlNode node) => Convert(node, 0);

    /// <summary>The first document of a text; null when there is none.</summary>
    /// <exception cref="YamlException">Not YAML, or not to be said in JSON.</exception>
    public static JsonNode? Convert(string text) =>
        GuardedParser.Read(new StringReader(text)) is [var document, ..] ? Convert(document.RootNode) : null;

    private static JsonNode? Convert(YamlNode node, int depth)
    {
        if (depth > GuardedParser.MaxDepth) // an alias may contain itself
        {
            throw new YamlException(node.Start, node.End, $"nested deeper than {GuardedParser.MaxDepth}");
        }

        switch (node)
        {
            case YamlMappingNode mapping:
                var result = new JsonObject();
                foreach (var (key, value) in mapping.Children)
                {
                    if (key is not YamlScalarNode { Value: { } name })
                    {
                        throw new YamlException(key.Start, key.End, "a key has to be a plain word");
                    }

                    if (!IsMerge(key))
                    {
                        result[name] = Convert(value, depth + 1);
                    }
                }

                foreach (var (key, value) in mapping.Children.Where(one => IsMerge(one.Key)))
                {
                    Merge(key, value, result, depth);
                }

                return result;
            case YamlSequenceNode sequence:
                return new JsonArray([.. sequence.Children.Select(child => Convert(child, depth + 1))]);
            case YamlScalarNode { Style: ScalarStyle.Plain } scalar when scalar.Tag.IsEmpty:
                return Plain(scalar.Value ?? "");
            case YamlScalarNode scalar:
                return JsonValue.Create(scalar.Value);
            default:
                throw new YamlException(node.Start, node.End, "this is nothing JSON has");
        }
    }

    private static bool IsMerge(YamlNode key) => key is YamlScalarNode { Value: MergeKey, Style: ScalarStyle.Plain };

    /// <summary>What stands in the mapping itself counts, then the first of those that it takes in.</summary>
    private static void Merge(YamlNode key, YamlNode from, JsonObject into, int depth)
    {
        foreach (var one in from is YamlSequenceNode several ? several.Children : [from])
        {
            if (one is not YamlMappingNode || Convert(one, depth + 1) is not JsonObject fields)
            {
                throw new YamlException(key.Start, key.End, $"{MergeKey} takes in a mapping, or a list of some");
            }

            foreach (var (name, value) in fields)
            {
                into.TryAdd(name, value?.DeepClone());
            }
        }
    }

    private static JsonValue? Plain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => JsonValue.Create(true),
        "false" or "False" or "FALSE" => JsonValue.Create(false),
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) =>
            JsonValue.Create(whole),
        _ when text.AsSpan().ContainsAnyInRange('0', '9')
            && double.TryParse(
                text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) =>
            JsonValue.Create(real),
        _ => JsonValue.Create(text),
    };
}
