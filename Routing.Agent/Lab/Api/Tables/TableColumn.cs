using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Tables;

/// <summary>A column of `kubectl get`.</summary>
/// <param name="Name">Heading.</param>
/// <param name="Type">OpenAPI type of the cell.</param>
/// <param name="Cell">Reads the cell off an object; the time is now, for ages.</param>
/// <param name="Priority">Above 0: only in wide output.</param>
/// <param name="Format">As in "name"; empty mostly.</param>
/// <param name="Description">One line for kubectl's users.</param>
internal sealed record TableColumn(
    string Name,
    string Type,
    Func<JsonObject, DateTimeOffset, JsonNode?> Cell,
    int Priority = 0,
    string Format = "",
    string Description = "")
{
    public JsonObject Definition() => new()
    {
        ["name"] = Name,
        ["type"] = Type,
        ["format"] = Format,
        ["description"] = Description,
        ["priority"] = Priority,
    };
}
