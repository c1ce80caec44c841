using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Apply;

/// <summary>One manager's share of an object: an element of metadata.managedFields.</summary>
/// <param name="Manager">As the client calls itself.</param>
/// <param name="Operation">Apply or Update.</param>
/// <param name="ApiVersion">Version the fields are named in.</param>
/// <param name="Subresource">As in "status"; empty for the object itself.</param>
/// <param name="Time">Last change, RFC 3339.</param>
/// <param name="Fields">What it owns.</param>
internal sealed record ManagedEntry(
    string Manager, string Operation, string ApiVersion, string Subresource, string Time, FieldSet Fields)
{
    public static ManagedEntry FromJson(JsonObject entry) => new(
        entry.Text("manager") ?? "",
        entry.Text("operation") ?? "",
        entry.Text("apiVersion") ?? "",
        entry.Text("subresource") ?? "",
        entry.Text("time") ?? "",
        entry["fieldsV1"] is null ? FieldSet.Empty : FieldSet.FromJson(entry["fieldsV1"]));

    public bool IsSameManager(ManagedEntry other) =>
        (Manager, Operation, ApiVersion, Subresource) == (other.Manager, other.Operation, other.ApiVersion, other.Subresource);

    public JsonObject ToJson()
    {
        var entry = new JsonObject
        {
            ["manager"] = Manager,
            ["operation"] = Operation,
            ["apiVersion"] = ApiVersion,
            ["time"] = Time,
            ["fieldsType"] = "FieldsV1",
            ["fieldsV1"] = Fields.ToJson(),
        };
        if (Subresource.Length > 0)
        {
            entry["subresource"] = Subresource;
        }

        return entry;
    }
}
