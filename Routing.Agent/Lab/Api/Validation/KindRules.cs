using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Validation;

/// <summary>What a kind asks beyond its schema: the real server's strategy for it. The base is a kind without wishes.</summary>
internal class KindRules
{
    public static KindRules None { get; } = new();

    /// <summary>Which names are allowed.</summary>
    public virtual NameRule Name => NameRule.Subdomain;

    /// <summary>Fills in what the API promises to fill in. Runs on every write, before validation.</summary>
    public virtual void Default(JsonObject document)
    {
    }

    /// <summary>First state of a new object, as its status; may look at what exists.</summary>
    public virtual void PrepareCreate(JsonObject document, WriteContext context)
    {
    }

    /// <summary>Takes from the stored object what an update may not touch.</summary>
    public virtual void PrepareUpdate(JsonObject document, JsonObject old, WriteContext context)
    {
    }

    /// <summary>Checks a document that is well-formed and defaulted.</summary>
    public virtual void Validate(JsonObject document, List<FieldError> errors)
    {
    }

    /// <summary>Further checks of a change of the main resource.</summary>
    public virtual void ValidateUpdate(JsonObject document, JsonObject old, List<FieldError> errors)
    {
    }
}
