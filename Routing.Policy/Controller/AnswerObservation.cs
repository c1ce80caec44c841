using System.Collections.Immutable;
using Routing.Policy.Compile;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Controller;

/// <summary>The rules by which answers of DNS come to the agent before they come to the pods: only there while policies of local
/// pods name domains, and only for these pods.
/// <code>
///   forward   from a server, established, to a pod that asks: held    (then as without: established goes through)
///   output    from a server, to a pod that asks: held                 (a server of the node itself, NodeLocal DNS say)
/// </code>
/// A server is an address with a port of UDP or TCP, so that one look-up is all that other packets meet. Over TCP each segment is held:
/// who reads them has to see the first, and has to know that there was none in between.
/// In forward an answer belongs to a question that the pod has sent (connection tracking knows it), and its source is the server's
/// own: a Service's address comes back only after this hook. What the node sends is the node's, and caches on nodes are often left
/// out of connection tracking.
/// </summary>
internal sealed class AnswerObservation(DnsOptions options, ServiceTable services)
{
    private const ushort DnsPort = 53;
    private static readonly ImmutableArray<TransportProtocol> Transports = [TransportProtocol.Udp, TransportProtocol.Tcp];

    /// <summary>Puts the rules in, or takes them out.</summary>
    /// <param name="ruleset">The rest.</param>
    /// <param name="asking">The pods whose policies name domains.</param>
    public Ruleset Put(Ruleset ruleset, IReadOnlyCollection<LocalEndpoint> asking) =>
        asking.Count > 0 ? PutRules(PutSets(ruleset, asking)) : Remove(ruleset);

    private Ruleset PutSets(Ruleset ruleset, IReadOnlyCollection<LocalEndpoint> asking)
    {
        foreach (var family in IpFamiliesExtensions.Each)
        {
            ruleset = Put(ruleset, new MatchSet(
                Names.DnsAskers(family), family, [RuleField.OutputInterface, RuleField.DestinationAddress], Ranges: false,
                [.. asking.SelectMany(endpoint => endpoint.Addresses.Items, (endpoint, address) => (endpoint, address))
                    .Where(one => one.address.Family == family)
                    .Select(one => new SetElement(one.address.Value, one.address.Value, Interface: one.endpoint.InterfaceName))],
                "pods whose policies name domains"));
            ruleset = Put(ruleset, new MatchSet(
                Names.DnsServers(family), family, [RuleField.SourceAddress, RuleField.Protocol, RuleField.SourcePort], Ranges: false,
                [.. Servers().Where(server => server.Address.Family == family)
                    .Select(server => new SetElement(
                        server.Address.Value, server.Address.Value, (byte)server.Protocol, server.Port, server.Port))],
                "servers whose answers are believed"));
        }

        return ruleset;
    }

    private Ruleset PutRules(Ruleset ruleset)
    {
        var forward = ruleset.Chains[Names.Forward];
        if (forward.Rules[0].Action is RuleAction.Hold)
        {
            return ruleset;
        }

        var output = ruleset.Chains[Names.Output];
        return ruleset with
        {
            Chains = ruleset.Chains
                .SetItem(output.Name, output with { Rules = [.. output.Rules, .. Held()] })
                .SetItem(forward.Name, forward with { Rules = [.. Held(new Match.Established()), .. forward.Rules] }),
        };
    }

    private ImmutableArray<Rule> Held(params Match[] more) =>
    [
        .. IpFamiliesExtensions.Each.Select(family => new Rule(
            [new Match.InSet(Names.DnsServers(family)), .. more, new Match.InSet(Names.DnsAskers(family))],
            new RuleAction.Hold(options.Queue),
            "until what the answer says is in force")),
    ];

    private static Ruleset Remove(Ruleset ruleset)
    {
        if (ruleset.Chains[Names.Forward].Rules[0].Action is not RuleAction.Hold)
        {
            return ruleset;
        }

        return ruleset with
        {
            Chains = ruleset.Chains.SetItems(new[] { Names.Forward, Names.Output }.Select(name => ruleset.Chains[name])
                .Select(chain => KeyValuePair.Create(
                    chain.Name, chain with { Rules = [.. chain.Rules.Where(rule => rule.Action is not RuleAction.Hold)] }))),
            Sets = ruleset.Sets.RemoveRange(
                IpFamiliesExtensions.Each.SelectMany(family => new[] { Names.DnsAskers(family), Names.DnsServers(family) })),
        };
    }

    /// <summary>The set of before where it holds the same.</summary>
    private static Ruleset Put(Ruleset ruleset, MatchSet set) =>
        ruleset.Sets.TryGetValue(set.Name, out var before) && before.Elements.SetEquals(set.Elements)
            ? ruleset
            : ruleset with { Sets = ruleset.Sets.SetItem(set.Name, set) };

    private IEnumerable<(Address Address, TransportProtocol Protocol, ushort Port)> Servers() =>
        (from address in options.Servers from protocol in Transports select (address, protocol, DnsPort))
        .Concat(
            from service in options.Services
            from slice in services.Of(service)
            from port in slice.Ports.Items
            where Transports.Contains(port.Protocol) && port.Low == port.High
            from address in slice.Addresses.Items
            select (address, port.Protocol, port.Low))
        .Distinct();
}
