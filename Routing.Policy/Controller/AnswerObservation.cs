using System.Collections.Immutable;
using Routing.Policy.Compile;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Controller;

/// <summary>The rules by which answers of DNS come to the agent before they come to the pods: only there while policies of local
/// pods name domains, and only for these pods.
/// <code>
///   forward   UDP, established, to a pod that asks, from a server: held    (then as without: established goes through)
///   output    UDP, to a pod that asks, from a server: held                 (a server of the node itself, NodeLocal DNS say)
/// </code>
/// In forward an answer belongs to a question that the pod has sent (connection tracking knows it), and its source is the server's
/// own: a Service's address comes back only after this hook. What the node sends is the node's, and caches on nodes are often left
/// out of connection tracking.
/// </summary>
internal sealed class AnswerObservation(DnsOptions options, ServiceTable services)
{
    private const byte Udp = 17;
    private const ushort DnsPort = 53;
    private const int FilterPriority = 0;

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
                    .Select(server => new SetElement(server.Address.Value, server.Address.Value, Udp, server.Port, server.Port))],
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

        var output = new Chain(
            Names.Output, new ChainHook(HookPoint.Output, FilterPriority), Held(), "from the node to pods: answers of DNS alone");
        return ruleset with
        {
            Chains = ruleset.Chains.Add(output.Name, output)
                .SetItem(forward.Name, forward with { Rules = [.. Held(new Match.Established()), .. forward.Rules] }),
        };
    }

    private ImmutableArray<Rule> Held(params Match[] more) =>
    [
        .. IpFamiliesExtensions.Each.Select(family => new Rule(
            [
                new Match.Protocol(Udp), .. more,
                new Match.InSet(Names.DnsAskers(family)), new Match.InSet(Names.DnsServers(family)),
            ],
            new RuleAction.Hold(options.Queue),
            "until what the answer says is in force")),
    ];

    private static Ruleset Remove(Ruleset ruleset)
    {
        if (!ruleset.Chains.ContainsKey(Names.Output))
        {
            return ruleset;
        }

        var forward = ruleset.Chains[Names.Forward];
        return ruleset with
        {
            Chains = ruleset.Chains.Remove(Names.Output).SetItem(
                forward.Name, forward with { Rules = [.. forward.Rules.Where(rule => rule.Action is not RuleAction.Hold)] }),
            Sets = ruleset.Sets.RemoveRange(
                IpFamiliesExtensions.Each.SelectMany(family => new[] { Names.DnsAskers(family), Names.DnsServers(family) })),
        };
    }

    /// <summary>The set of before where it holds the same.</summary>
    private static Ruleset Put(Ruleset ruleset, MatchSet set) =>
        ruleset.Sets.TryGetValue(set.Name, out var before) && before.Elements.SetEquals(set.Elements)
            ? ruleset
            : ruleset with { Sets = ruleset.Sets.SetItem(set.Name, set) };

    private IEnumerable<(Address Address, ushort Port)> Servers() => options.Servers.Select(address => (address, DnsPort))
        .Concat(
            from service in options.Services
            from slice in services.Of(service)
            from port in slice.Ports.Items
            where port.Protocol == TransportProtocol.Udp && port.Low == port.High
            from address in slice.Addresses.Items
            select (address, port.Low))
        .Distinct();
}
