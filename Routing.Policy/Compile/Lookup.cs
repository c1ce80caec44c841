using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Compile;

/// <summary>One of a stage's look-ups: a set, and what its members mean.</summary>
/// <param name="Kind">What is compared.</param>
/// <param name="Action">What the stage says of members.</param>
/// <param name="Family">Of addresses; null for a look-up without.</param>
internal readonly record struct Lookup(LookupKind Kind, StageAction Action, IpFamily? Family) : IComparable<Lookup>
{
    private static readonly ImmutableArray<RuleField>[] Keys =
    [
        .. from address in new RuleField?[] { null, RuleField.SourceAddress, RuleField.DestinationAddress }
           from port in new RuleField?[] { null, RuleField.DestinationPort, RuleField.IcmpMessage }
           select new[] { address, port is null ? null : RuleField.Protocol, port }.OfType<RuleField>().ToImmutableArray(),
    ];

    /// <inheritdoc/>
    public int CompareTo(Lookup other) => Order.CompareTo(other.Order);

    private int Order => ((int)Kind * 16) + ((int)(Family ?? 0) * 8) + (int)Action;

    /// <summary>The set as long as it is empty.</summary>
    /// <param name="stem">What its name starts with.</param>
    /// <param name="direction">Whose rules: peers are sources for ingress.</param>
    /// <param name="policies">For the comment.</param>
    /// <param name="isCounted">Its elements count.</param>
    public MatchSet EmptySet(string stem, Direction direction, IReadOnlyList<PolicyKey> policies, bool isCounted)
    {
        var (role, ranges, meaning) = Kind switch
        {
            LookupKind.Flows => ("flows", false, "these peers at these ports"),
            LookupKind.FlowRanges => ("flows", true, "these peers at these ports"),
            LookupKind.Messages => ("types", true, "these peers' ICMP messages"),
            LookupKind.Peers => ("peers", false, "these peers at any port"),
            LookupKind.NetFlows => ("nflows", true, "these nets at these ports"),
            LookupKind.NetMessages => ("ntypes", true, "these nets' ICMP messages"),
            LookupKind.Nets => ("nets", true, "these nets at any port"),
            LookupKind.Ports => ("ports", false, "any peer at these ports"),
            LookupKind.PortRanges => ("ports", true, "any peer at these ports"),
            _ => ("ptypes", true, "any peer's ICMP messages"),
        };
        var address = Family is null ? 0 : direction == Direction.Ingress ? 1 : 2;
        var port = Kind switch
        {
            LookupKind.Peers or LookupKind.Nets => 0,
            LookupKind.Messages or LookupKind.NetMessages or LookupKind.PortMessages => 2,
            _ => 1,
        };
        return new MatchSet(
            Names.Set(stem, role, Family, Kind is LookupKind.FlowRanges or LookupKind.PortRanges, Action),
            Family,
            Keys[(address * 3) + port],
            ranges,
            [],
            Comment.Of($"{Said(Action)}{meaning}, by", policies))
        {
            IsCounted = isCounted,
        };
    }

    private static string Said(StageAction action) => action switch
    {
        StageAction.Deny => "denied: ",
        StageAction.Pass => "left to the next tier: ",
        StageAction.Skip => "not here: ",
        StageAction.Log => "logged: ",
        _ => "",
    };
}
