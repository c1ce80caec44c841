using Routing.Policy.Model;

namespace Routing.Policy.Analysis;

/// <summary>What the policies of one end say of a direction: the same for every class that the same policies select.</summary>
/// <param name="Direction">Of which direction.</param>
/// <param name="Tiers">In the order asked, with their rules in the order asked and the policies that isolate.</param>
/// <param name="Subject">A class of those it holds for.</param>
internal sealed record SideProfile(
    Direction Direction, (Tier Tier, RuleEntry[] Rules, PolicyKey[] Policies)[] Tiers, EndClass Subject)
{
    /// <summary>What rules may call the subject's ports, where the policies are a host endpoint's; else they are the pod's.</summary>
    public EquatableArray<NamedPort>? PortNames { get; init; }

    /// <summary>What it lets through, by peer and IP version: filled as it is asked. Only of a profile that several classes
    /// share.</summary>
    public PortSet?[] Answers { get; private set; } = [];

    /// <summary>True when it is that of several classes.</summary>
    public bool IsShared => Answers.Length > 0;

    /// <summary>Notes that a second class has it.</summary>
    /// <param name="answers">How many there can be.</param>
    public void Share(int answers) => Answers = new PortSet?[answers];

    /// <summary>Of each tier, whether any flow came to it undecided.</summary>
    public bool[] IsAsked { get; } = new bool[Tiers.Length];
}
