namespace Routing.Cni.Json;

/// <summary>The error object of CNI 1.1.0 §5.</summary>
internal sealed class ErrorJson
{
    public required string CniVersion { get; init; }

    public required int Code { get; init; }

    public required string Msg { get; init; }

    public string? Details { get; init; }
}
