using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Schema;

namespace Routing.Agent.Lab.Api.Validation;

/// <summary>Instances of a CustomResourceDefinition: what its schema says.</summary>
internal sealed class CustomRules(FieldSchema schema) : KindRules
{
    public override void Default(JsonObject document) => SchemaDefaults.Fill(document, schema);

    public override void Validate(JsonObject document, List<FieldError> errors) =>
        SchemaValidator.Validate(document, schema, "", errors);
}
