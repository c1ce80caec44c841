using System.Collections.Immutable;

namespace Routing.Agent.Lab.Report;

/// <summary>All that a lab has to tell, as `--json` prints it.</summary>
public sealed record LabReport
{
    /// <summary>True when every session is Established, every pod CIDR is on the ToR and every probe did what policy says.</summary>
    public bool Ok => Problems.IsEmpty;

    /// <summary>What is not as it should be, a line each.</summary>
    public required ImmutableArray<string> Problems { get; init; }

    /// <summary>The nodes.</summary>
    public required ImmutableArray<NodeReport> Nodes { get; init; }

    /// <summary>The ToR.</summary>
    public required TorReport Tor { get; init; }

    /// <summary>The nodes' sessions, as their agents see them.</summary>
    public required ImmutableArray<SessionReport> Sessions { get; init; }

    /// <summary>The pods.</summary>
    public required ImmutableArray<PodReport> Pods { get; init; }

    /// <summary>What was expected and what the packets did.</summary>
    public required MatrixReport Matrix { get; init; }

    /// <summary>How long things took.</summary>
    public required TimesReport Times { get; init; }
}
