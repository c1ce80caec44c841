using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane;

/// <summary>Elements of sets in words: "10.1.0.7 . tcp . 80".</summary>
internal static class SetWords
{
    /// <summary>An element of a set.</summary>
    public static string Of(MatchSet set, SetElement element) => string.Join(" . ", set.Key.Select(field => field switch
    {
        RuleField.SourceAddress or RuleField.DestinationAddress => Range(
            new Address(set.Family!.Value, element.AddressLow), new Address(set.Family.Value, element.AddressHigh)),
        RuleField.Protocol => NameOf(element.Protocol),
        RuleField.InputInterface or RuleField.OutputInterface => element.Interface!,
        _ => Range(element.PortLow, element.PortHigh),
    }));

    private static string Range<T>(T low, T high)
        where T : IEquatable<T> => low.Equals(high) ? $"{low}" : $"{low}-{high}";

    private static string NameOf(byte protocol) => Enum.IsDefined((TransportProtocol)protocol)
        ? ((TransportProtocol)protocol).ToString().ToLowerInvariant()
        : $"{protocol}";
}
