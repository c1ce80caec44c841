using System.Collections.Immutable;

namespace Routing.Agent.Lab.Report;

/// <summary>Who reaches whom.</summary>
/// <param name="Sources">Rows.</param>
/// <param name="Destinations">Columns.</param>
/// <param name="Flows">Every flow probed.</param>
/// <param name="Seconds">How long probing took.</param>
public sealed record MatrixReport(
    ImmutableArray<string> Sources, ImmutableArray<string> Destinations, ImmutableArray<FlowReport> Flows, double Seconds)
{
    /// <summary>Flows the packets and the policies agree on.</summary>
    public int Agreeing => Flows.Count(flow => flow.Agrees);

    /// <summary>Flows that policy allows.</summary>
    public int Allowed => Flows.Count(flow => flow.Expected);

    /// <summary>Flows they do not agree on.</summary>
    public int Disagreeing => Flows.Length - Agreeing;
}
