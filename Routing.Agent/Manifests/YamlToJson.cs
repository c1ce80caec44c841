using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Routing.Agent.Manifests;

/// <summary>YAML to JSON as kubectl does it: plain scalars that look like a number, a truth value or nothing are that,
/// quoted ones are strings. (YAML 1.1's yes, no, on and off stay strings, as YAML 1.2 has them.)</summary>
internal static class YamlToJson
{
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

                    result[name] = Convert(value, depth + 1);
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
