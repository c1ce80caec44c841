using Routing.Policy.Reference;

namespace Routing.Policy.Controller;

/// <summary>A packet of which a ruleset says another thing than the policies.</summary>
/// <param name="Packet">The packet.</param>
/// <param name="Passes">What the ruleset does with it.</param>
/// <param name="Reasons">Why the policies say otherwise.</param>
public sealed record Disagreement(Packet Packet, bool Passes, string Reasons)
{
    /// <summary>A sentence for the log.</summary>
    public override string ToString() =>
        $"{Packet.Source} ({Packet.InputInterface}) -> {Packet.Destination} ({Packet.OutputInterface ?? "this node"}) "
        + $"{Packet.Protocol} {Packet.Port}: the rules {(Passes ? "pass" : "drop")} it, but {Reasons}";
}
