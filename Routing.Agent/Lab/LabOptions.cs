using Routing.Agent.Lab.Plan;
using Routing.Agent.Options;

namespace Routing.Agent.Lab;

/// <summary>What the command line asked of the lab, already checked.</summary>
public sealed record LabOptions
{
    /// <summary>Folder with manifests; null for the example that is built into the program (examples/lab).</summary>
    public string? ManifestFolder { get; init; }

    /// <summary>Number of nodes.</summary>
    public int Nodes { get; init; } = 3;

    /// <summary>Who plays the ToR.</summary>
    public TorKind Tor { get; init; } = TorKind.Routing;

    /// <summary>What the nodes' agents enforce policies with.</summary>
    public PolicyBackend Backend { get; init; } = PolicyBackend.Auto;

    /// <summary>Exit after the report.</summary>
    public bool Once { get; init; }

    /// <summary>The report as one JSON document on stdout.</summary>
    public bool Json { get; init; }
}
