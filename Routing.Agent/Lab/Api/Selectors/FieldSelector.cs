using System.Text.Json;
using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Http;
using Routing.Agent.Lab.Api.Kinds;
using Routing.Agent.Lab.Api.Storage;

namespace Routing.Agent.Lab.Api.Selectors;

/// <summary>A field selector: "metadata.name=a,spec.nodeName!=b". Each kind offers a few fields only.</summary>
internal sealed class FieldSelector
{
    private readonly List<(string[] Path, bool Equal, string Value)> _terms = [];

    private FieldSelector()
    {
    }

    /// <exception cref="ApiException">400: not a selector, or a field this kind does not select by.</exception>
    public static FieldSelector Parse(string? text, ResourceKind kind)
    {
        var selector = new FieldSelector();
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
            {
                throw ApiErrors.BadRequest($"invalid selector: '{text}'; can't understand '{part}'");
            }

            var equal = part[at - 1] != '!';
            var field = part[..(equal ? at : at - 1)].Trim();
            var value = part[(at + 1)..].TrimStart('=').Trim();
            if (field is not ("metadata.name" or "metadata.namespace") && !kind.SelectableFields.Contains(field))
            {
                throw ApiErrors.BadRequest($"field label not supported: {field}");
            }

            selector._terms.Add((field.Split('.'), equal, value));
        }

        return selector;
    }

    public bool Matches(StoredObject item) =>
        _terms.TrueForAll(term => (Value(item.Document.At(term.Path)) == term.Value) == term.Equal);

    /// <summary>A field that is missing selects as its Go zero value would.</summary>
    private static string Value(JsonNode? node) => node?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "",
        JsonValueKind.String => node.Text()!,
        _ => node.ToJsonString(),
    };
}
