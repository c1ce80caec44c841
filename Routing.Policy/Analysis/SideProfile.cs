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

    /// <summary>True when it is that of several classes: then what it lets through is kept as it is found.</summary>
    public bool IsShared => _answers.Length > 0;

    /// <summary>Notes that a second class has it.</summary>
    /// <param name="answers">How many there can be.</param>
    public void Share(int answers) => _answers = new PortSet?[(answers / Page) + 1][];

    /// <summary>Where an answer is kept; of a profile that is shared.</summary>
    public ref PortSet? AnswerAt(int index) => ref (_answers[index / Page] ??= new PortSet?[Page])[index % Page];

    private const int Page = 256; // most profiles are asked about a few peers, and some about all
    private PortSet?[]?[] _answers = [];

    /// <summary>Of each tier, whether any flow came to it undecided.</summary>
    public bool[] IsAsked { get; } = new bool[Tiers.Length];
}
