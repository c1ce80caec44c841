using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Compile;

/// <summary>What allowing and denying are in a profile's rules: the bare verdict or, where packets are reported, a way
/// into a chain of the profile that reports first. A limit of its own for each profile keeps a flood on one pod from
/// hiding what the others are denied.</summary>
internal sealed class ProfileVerdicts
{
    private static readonly Rule Drop = new([], new RuleAction.Decide(Verdict.Drop), "");

    private readonly List<Chain> _chains = new(1);

    public ProfileVerdicts(Profile profile, ReportOptions reports)
    {
        Allow = AllowOf(profile.Side);
        Deny = Verdict.Drop;
        if (profile.IsStaged)
        {
            Deny = WouldDeny(profile, Allow, reports);
        }

        if (profile.Staged is { } staged)
        {
            Allow = Verdict.Goto(staged.ChainName); // which reports what passes there
        }
        else if (reports.Allowed)
        {
            Allow = Reported(profile, ReportedVerdict.Allow, Allow, reports);
        }

        if (reports.Denied && !profile.IsStaged)
        {
            Deny = Reported(profile, ReportedVerdict.Deny, Deny, reports);
        }

        Rest = profile.Side switch
        {
            { Layer: HostLayer.Untracked or HostLayer.PreDnat } => Verdict.Return, // later rules decide
            { Layer: HostLayer.Local, IsOpen: false } => Deny,
            _ => Allow,
        };
    }

    public Verdict Allow { get; }

    public Verdict Deny { get; }

    /// <summary>What is said of packets that no tier decides.</summary>
    public Verdict Rest { get; }

    /// <summary>Adds the chains that those of the tiers lead to.</summary>
    public void AddChains(ImmutableArray<Chain>.Builder tiers)
    {
        var count = tiers.Count;
        foreach (var chain in _chains)
        {
            if (LeadTo(chain.Name, tiers, count))
            {
                tiers.Add(chain);
            }
        }
    }

    private static bool LeadTo(string name, ImmutableArray<Chain>.Builder chains, int count)
    {
        for (var i = 0; i < count; i++)
        {
            foreach (var rule in chains[i].Rules)
            {
                if (rule.Action is RuleAction.Decide { Verdict.Chain: { } chain } && chain == name)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>A pod's egress goes on to the destination's ingress, so what it allows returns; ingress is the last word there. A host
    /// endpoint's profile never is.</summary>
    private static Verdict AllowOf(ProfileSide side) => side switch
    {
        { Layer: HostLayer.Untracked } => Verdict.Goto(Names.LetUntracked),
        { Layer: HostLayer.PreDnat } => Verdict.Goto(Names.LetPass),
        { Layer: null, Direction: Direction.Ingress } => Verdict.Accept,
        _ => Verdict.Return,
    };

    /// <summary>The packet passes, and whoever listens to reports finds out which staged policy would not have it so.</summary>
    private Verdict WouldDeny(Profile profile, Verdict allow, ReportOptions reports)
    {
        var name = $"{profile.ChainName}-staged";
        _chains.Add(new Chain(
            name,
            null,
            [
                .. reports.Denied || reports.Allowed ? [reports.Rule(ReportedVerdict.Allow, profile.ChainName)] : Array.Empty<Rule>(),
                new Rule([], new RuleAction.Decide(allow), ""),
            ],
            "allowed, and would be denied with what is staged"));
        return Verdict.Goto(name);
    }

    private Verdict Reported(Profile profile, ReportedVerdict verdict, Verdict then, ReportOptions reports)
    {
        var name = $"{profile.ChainName}-{verdict.ToString().ToLowerInvariant()}";
        _chains.Add(new Chain(
            name,
            null,
            [reports.Rule(verdict, profile.ChainName), then == Verdict.Drop ? Drop : new Rule([], new RuleAction.Decide(then), "")],
            "what is reported before its verdict"));
        return Verdict.Goto(name);
    }
}
