using System.Text.Json.Nodes;
using Routing.Policy.Reference;

namespace Routing.Agent.Manifests;

/// <summary>A flow and the JSON it was written as.</summary>
internal sealed record FlowLine(JsonObject Json, Flow Flow);
