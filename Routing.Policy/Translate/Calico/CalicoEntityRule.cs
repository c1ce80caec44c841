using System.Text.Json;
using System.Text.Json.Serialization;

namespace Routing.Policy.Translate.Calico;

/// <summary>One end of a rule's flows: everything that is said holds.</summary>
public sealed class CalicoEntityRule
{
    /// <summary>Alternatives for its address.</summary>
    [JsonPropertyName("nets")]
    public IList<string>? Nets { get; set; }

    /// <summary>None of these holds its address.</summary>
    [JsonPropertyName("notNets")]
    public IList<string>? NotNets { get; set; }

    /// <summary>An endpoint with these labels.</summary>
    [JsonPropertyName("selector")]
    public string? Selector { get; set; }

    /// <summary>No endpoint with these labels.</summary>
    [JsonPropertyName("notSelector")]
    public string? NotSelector { get; set; }

    /// <summary>In such a namespace; "global()" for none.</summary>
    [JsonPropertyName("namespaceSelector")]
    public string? NamespaceSelector { get; set; }

    /// <summary>An endpoint of a Service.</summary>
    [JsonPropertyName("services")]
    public CalicoServiceMatch? Services { get; set; }

    /// <summary>Numbers, "from:to" or names.</summary>
    [JsonPropertyName("ports")]
    public IList<NumberOrText>? Ports { get; set; }

    /// <summary>None of these.</summary>
    [JsonPropertyName("notPorts")]
    public IList<NumberOrText>? NotPorts { get; set; }

    /// <summary>Running as one of these.</summary>
    [JsonPropertyName("serviceAccounts")]
    public CalicoServiceAccountMatch? ServiceAccounts { get; set; }

    /// <summary>Fields that we do not know, and so cannot pass over.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
