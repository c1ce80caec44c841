using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Analysis;

/// <summary>Questions about everything at once: which rules and policies ever do anything.</summary>
public sealed partial class ClassVerdicts
{
    private readonly Dictionary<(SideProfile Profile, int Versions), ImmutableArray<PeerAnswer>> _answers = [];

    /// <summary>What one side of a class of pods lets through, asked of one of each part of the classes that its policies do not tell
    /// apart, in order of the classes; empty for what is no pod.</summary>
    public ImmutableArray<PeerAnswer> AnswersOf(Direction side, EndClass subject)
    {
        if (_profiles[(int)side][subject.Id] is not { } profile)
        {
            return [];
        }

        ref var answers = ref CollectionsMarshal.GetValueRefOrAddDefault(_answers, (profile, subject.Versions), out _);
        return answers.IsDefault ? answers = Ask(side, subject, profile) : answers;
    }

    /// <summary>Asks about everything, and says of each rule whether it had a part in any answer.</summary>
    public ImmutableArray<RuleUse> RuleUses()
    {
        foreach (var subject in _classes.Classes)
        {
            AnswersOf(Direction.Egress, subject);
            AnswersOf(Direction.Ingress, subject);
        }

        var profiles = _profiles.SelectMany(profiles => profiles).OfType<SideProfile>().Distinct()
            .SelectMany(profile => profile.Tiers.SelectMany(tier => tier.Rules), (profile, rule) => (profile, rule))
            .ToLookup(one => one.rule, one => one.profile);
        return
        [
            .. _rules.SelectMany(rules => rules.Value, (rules, rule) => new RuleUse(
                rule.Policy, rules.Key.Direction, rule.Rule, rule.IsMet, rule.IsReached,
                rule.IsMet && !rule.IsReached ? Before(rule, profiles[rule]) : [])),
        ];
    }

    /// <summary>Policies that select pods, and of which no flow of a direction ever asks: the tiers before decide them all.
    /// After <see cref="RuleUses"/>.</summary>
    public ImmutableArray<(PolicyKey Policy, Direction Direction)> NeverAsked()
    {
        var profiles = _profiles.SelectMany(profiles => profiles).OfType<SideProfile>().Distinct().ToList();
        var asked = Policies(isAsked: true).ToHashSet();
        return [.. Policies(isAsked: false).Except(asked).Order()];

        IEnumerable<(PolicyKey, Direction)> Policies(bool isAsked) => profiles.SelectMany(profile => profile.Tiers
            .Where((_, i) => profile.IsAsked[i] == isAsked)
            .SelectMany(tier => tier.Policies.Select(policy => (policy, profile.Direction))));
    }

    private ImmutableArray<PeerAnswer> Ask(Direction side, EndClass subject, SideProfile profile) =>
        [.. PartsOf(side, subject).Select(part => new PeerAnswer(part.Peer, part.Family, Of(profile, part.Peer, part.Family)))];

    /// <summary>Of the classes that flows of a subject can go to, one of each part that its policies do not tell apart.</summary>
    private List<(EndClass Peer, IpFamily? Family)> PartsOf(Direction side, EndClass subject)
    {
        var parts = new List<(EndClass Peer, IpFamily? Family)>();
        foreach (var family in EndClass.AllFamilies.Where(subject.Speaks))
        {
            _peers.Join();
            Cut(_peers, side, subject, family);
            var isKnown = new bool[_peers.Parts];
            foreach (var peer in _classes.Classes)
            {
                ref var known = ref isKnown[_peers[peer.Id]];
                if (!known && subject.Meets(peer, family))
                {
                    known = true;
                    parts.Add((peer, family));
                }
            }
        }

        // What is found is found in the order in which it would be if each class were asked.
        return [.. parts.OrderBy(part => part.Peer.Id).ThenBy(part => part.Family)];
    }

    /// <summary>Who takes the flows that meet a rule.</summary>
    private ImmutableArray<(PolicyKey, RuleSpec)> Before(RuleEntry rule, IEnumerable<SideProfile> profiles)
    {
        var before = ImmutableArray.CreateBuilder<(PolicyKey, RuleSpec)>();
        foreach (var profile in profiles)
        {
            foreach (var (peer, family) in PartsOf(profile.Direction, profile.Subject))
            {
                var left = PortsOf(rule, profile, peer, family);
                foreach (var other in profile.Tiers.SelectMany(tier => tier.Rules).TakeWhile(other => other != rule))
                {
                    var hit = left.IsEmpty ? left : _classes.Ports.And(left, PortsOf(other, profile, peer, family));
                    if (!hit.IsEmpty && !before.Contains((other.Policy.Key, other.Rule)))
                    {
                        before.Add((other.Policy.Key, other.Rule));
                    }

                    // What a tier before passes goes on; in the same tier it is gone.
                    left = hit.IsEmpty || (other.Rule.Verdict == RuleVerdict.Pass
                        && _table.Cluster.TierOf(other.Policy) != _table.Cluster.TierOf(rule.Policy))
                        ? left : _classes.Ports.Without(left, hit);
                }
            }
        }

        return before.ToImmutable();
    }
}
