using System.Text.Json;
using System.Text.Json.Serialization;

namespace Routing.Policy.Translate.Calico;

/// <summary>spec of all policies that have Calico's rules. Only those of the cluster have namespaceSelector, doNotTrack, preDNAT and applyOnForward, only staged ones stagedAction.</summary>
public sealed class CalicoPolicySpec
{
    /// <summary>The tier's name; "default" when missing.</summary>
    [JsonPropertyName("tier")]
    public string? Tier { get; set; }

    /// <summary>Place in the tier; last when missing.</summary>
    [JsonPropertyName("order")]
    public double? Order { get; set; }

    /// <summary>Whom it is about; everybody when missing.</summary>
    [JsonPropertyName("selector")]
    public string? Selector { get; set; }

    /// <summary>In which namespaces.</summary>
    [JsonPropertyName("namespaceSelector")]
    public string? NamespaceSelector { get; set; }

    /// <summary>Running as whom.</summary>
    [JsonPropertyName("serviceAccountSelector")]
    public string? ServiceAccountSelector { get; set; }

    /// <summary>Ingress, Egress or both; from the rules when missing.</summary>
    [JsonPropertyName("types")]
    public IList<string>? Types { get; set; }

    /// <summary>In order.</summary>
    [JsonPropertyName("ingress")]
    public IList<CalicoRule>? Ingress { get; set; }

    /// <summary>In order.</summary>
    [JsonPropertyName("egress")]
    public IList<CalicoRule>? Egress { get; set; }

    /// <summary>Before connection tracking, of host endpoints.</summary>
    [JsonPropertyName("doNotTrack")]
    public bool? DoNotTrack { get; set; }

    /// <summary>Before translation of destinations, of host endpoints.</summary>
    [JsonPropertyName("preDNAT")]
    public bool? PreDnat { get; set; }

    /// <summary>For forwarded packets of host endpoints too.</summary>
    [JsonPropertyName("applyOnForward")]
    public bool? ApplyOnForward { get; set; }

    /// <summary>For Calico's engine; means nothing here.</summary>
    [JsonPropertyName("performanceHints")]
    public IList<string>? PerformanceHints { get; set; }

    /// <summary>Set or Delete.</summary>
    [JsonPropertyName("stagedAction")]
    public string? StagedAction { get; set; }

    /// <summary>Fields that we do not know, and so cannot pass over.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
