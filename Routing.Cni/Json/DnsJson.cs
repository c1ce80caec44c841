namespace Routing.Cni.Json;

/// <summary>"dns" of a configuration or a result.</summary>
internal sealed class DnsJson
{
    public IReadOnlyList<string>? Nameservers { get; init; }

    public string? Domain { get; init; }

    public IReadOnlyList<string>? Search { get; init; }

    public IReadOnlyList<string>? Options { get; init; }
}
