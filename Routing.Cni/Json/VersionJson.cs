namespace Routing.Cni.Json;

/// <summary>The version result of CNI 1.1.0 §5.</summary>
internal sealed class VersionJson
{
    /// <summary>The version the configuration asked in.</summary>
    public required string CniVersion { get; init; }

    public IReadOnlyList<string> SupportedVersions { get; init; } = Cni.CniVersion.Supported;
}
