using Routing.Policy.Compile;
using Routing.Policy.Rules;

namespace Routing.Policy.Controller;

/// <content>Whose packets elements and rules count (<see cref="ReportOptions.CountsRules"/>).</content>
public sealed partial class NodePolicy
{
    /// <summary>Called by each <see cref="Compile"/> with what is about to change, perhaps nothing, while it can still be asked what that
    /// counts. Nothing may be told to this object meanwhile.</summary>
    public Action<CountedObjects>? Changing
    {
        set => _profiles.Changing = value;
    }

    /// <summary>What packets are counted for that an element of a set of the last ruleset finds; null for a set that does not
    /// count.</summary>
    public CountSubject? CountedFor(string setName, in SetElement element) => _profiles.CountedFor(setName, element);

    /// <summary>Likewise, that a rule at a place of a chain counts; null where sets count them.</summary>
    public CountSubject? CountedFor(string chain, int place) => _profiles.CountedFor(chain, place);

    /// <summary>All that packets can be counted for on this node now.</summary>
    public IReadOnlySet<CountSubject> CountedRules() => _profiles.CountedRules().ToHashSet();

    /// <summary>True when a rule is there still, whether or not its policy selects anything on this node.</summary>
    public bool Has(CountSubject counted) => counted.Policy is not { } policy
        || (_policies.Specs.TryGetValue(policy, out var spec) && spec.Rules(counted.Direction) is { } rules
            && rules.Rules.Items.Any(rule => rule.Field == counted.Field));
}
