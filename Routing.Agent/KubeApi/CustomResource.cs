using System.Text.Json.Nodes;
using Routing.Policy.Translate;

namespace Routing.Agent.KubeApi;

/// <summary>An object of one of our own kinds as it travels: its spec is read where the kind is understood.</summary>
internal abstract class CustomResource : CustomResource<JsonObject>;
