using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Conntrack;

/// <summary>The pods' interfaces and addresses, as a ruleset knows them: the sets of genuine sources.</summary>
internal static class Endpoints
{
    /// <summary>True for a set of interfaces with the addresses that they may send from.</summary>
    public static bool AreIn(MatchSet set) =>
        set is { Ranges: false, Family: not null, Key: [RuleField.InputInterface, RuleField.SourceAddress] };

    /// <summary>Every address with its interface.</summary>
    public static IEnumerable<(string Interface, Address Address)> Of(Ruleset ruleset) =>
        from set in ruleset.Sets.Values
        where AreIn(set)
        from element in set.Elements
        select (element.Interface!, new Address(set.Family!.Value, element.AddressLow));
}
