using System.Collections.Immutable;
using Routing.Agent.Lab.Plan;

namespace Routing.Agent.Lab.Tor;

/// <summary>What it takes to run one kind of ToR: files to write, then processes to start in order. All kinds are told the
/// same: be AS 65000, wait for every node on both addresses of its link (a session per family, so that each next hop is
/// of the family it serves), announce all to all, and keep a restarting node's routes (RFC 4724 helper).</summary>
internal sealed record TorSetup
{
    /// <summary>Configuration files.</summary>
    public ImmutableArray<TorFile> Files { get; init; } = [];

    /// <summary>Processes, in the order they start.</summary>
    public required ImmutableArray<TorProgram> Programs { get; init; }

    /// <summary>A folder the programs make for themselves outside of the lab's, or null.</summary>
    public string? OwnFolder { get; init; }

    /// <summary>Plans a ToR of the kind.</summary>
    /// <param name="kind">The software.</param>
    /// <param name="plan">The cluster.</param>
    /// <param name="folder">Where its files go.</param>
    /// <exception cref="LabException">The software is not installed.</exception>
    public static TorSetup Create(TorKind kind, LabPlan plan, string folder) => kind switch
    {
        TorKind.Bird => BirdTor.Create(plan, folder),
        TorKind.Frr => FrrTor.Create(plan, folder),
        TorKind.Gobgp => GobgpTor.Create(plan, folder),
        _ => RoutingTor.Create(plan, folder),
    };
}
