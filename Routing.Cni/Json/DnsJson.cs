namespace Routing.Cni.Json;

/// <summary>"dns" of a configuration or a result.</summary>
internal sealed class DnsJson
{
    public IReadOnlyList<string>? Nameservers { get; set; }

    public string? Domain { get; set; }

    public IReadOnlyList<string>? Search { get; set; }

    public IReadOnlyList<string>? Options { get; set; }
}
