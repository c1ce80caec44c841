using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Translate.Calico;

/// <summary>Rules of Calico's policies.</summary>
/// <param name="home">The policy's namespace; empty for one of the cluster.</param>
/// <param name="problems">What is wrong. What could not be read closes: a rule that allows is left out, one that denies or
/// passes denies everything.</param>
internal sealed class CalicoRules(string home, ProblemList problems)
{
    private readonly CalicoEntities _entities = new(home, problems);
    private readonly CalicoPorts _ports = new(problems);

    /// <summary>The rules of a direction.</summary>
    public RuleSet Translate(IList<CalicoRule>? rules, Direction direction) => new(
        [.. (rules ?? []).Index()
            .Select(one => Translate(
                one.Item, direction, $"spec.{(direction == Direction.Ingress ? "ingress" : "egress")}[{one.Index}]"))
            .OfType<RuleSpec>()]);

    private RuleSpec? Translate(CalicoRule? rule, Direction direction, string field)
    {
        rule ??= new CalicoRule();
        var before = problems.Count;
        var verdict = Verdict(rule.Action, $"{field}.action");
        problems.AddUnknown(rule.Others, field);
        if (rule.Http is not null)
        {
            problems.Add($"{field}.http", "http", "addresses, protocols and ports: packets are filtered here, not requests");
        }

        var source = _entities.Translate(rule.Source, $"{field}.source", isOwn: direction == Direction.Egress, verdict);
        var destination = _entities.Translate(rule.Destination, $"{field}.destination", isOwn: direction == Direction.Ingress, verdict);
        var protocol = _ports.Protocol(rule.Protocol, $"{field}.protocol");
        var (own, peers) = direction == Direction.Ingress ? (destination, source) : (source, destination);
        var translated = new RuleSpec(verdict, peers, Ports(rule, protocol, field), field)
        {
            Own = own,
            Family = Family(rule.IpVersion, $"{field}.ipVersion"),
            NotPorts = NotPorts(rule, protocol, field),
            SourcePorts = SourcePorts(rule.Source?.Ports, protocol, $"{field}.source.ports"),
            NotSourcePorts = SourcePorts(rule.Source?.NotPorts, protocol, $"{field}.source.notPorts"),
        };
        if (rule.Destination?.Services is not null && rule.Destination is { Ports.Count: > 0 } or { NotPorts.Count: > 0 })
        {
            problems.Add($"{field}.destination.ports", "ports", "services as a destination has ports of its own");
        }

        if (problems.Count == before)
        {
            return translated;
        }

        return verdict is RuleVerdict.Allow or RuleVerdict.Log
            ? null
            : new RuleSpec(RuleVerdict.Deny, [], [], field);
    }

    private RuleVerdict Verdict(string? action, string field)
    {
        switch (action)
        {
            case "Allow":
                return RuleVerdict.Allow;
            case "Pass":
                return RuleVerdict.Pass;
            case "Log":
                return RuleVerdict.Log;
            case "Deny":
                return RuleVerdict.Deny;
            default:
                problems.Add(field, action, "Allow, Deny, Log or Pass");
                return RuleVerdict.Deny;
        }
    }

    private IpFamily? Family(int? version, string field)
    {
        if (version is not (null or 4 or 6))
        {
            problems.Add(field, $"{version}", "4 or 6");
        }

        return version switch { 4 => IpFamily.V4, 6 => IpFamily.V6, _ => null };
    }

    private EquatableArray<PortSpec> Ports(CalicoRule rule, TransportProtocol? protocol, string field)
    {
        if (_ports.Icmp(rule.Icmp, protocol, $"{field}.icmp") is { } icmp)
        {
            return [icmp];
        }

        EquatableArray<PortSpec> ports =
            [.. _ports.Translate(rule.Destination?.Ports, protocol, $"{field}.destination.ports")];
        return ports.Count == 0 && protocol is { } whole ? [PortSpec.Numbers.All(whole)] : ports;
    }

    private EquatableArray<PortSpec> SourcePorts(
        IList<NumberOrText>? texts, TransportProtocol? protocol, string field)
    {
        EquatableArray<PortSpec> ports = [.. _ports.Translate(texts, protocol, field)];
        foreach (var named in ports.Items.OfType<PortSpec.Named>().DistinctBy(named => named.Name))
        {
            problems.Add(field, named.Name, "numbers: packets come from ports that a system chose, not from those it serves");
        }

        return ports;
    }

    private EquatableArray<PortSpec> NotPorts(CalicoRule rule, TransportProtocol? protocol, string field)
    {
        var ports = _ports.Translate(rule.Destination?.NotPorts, protocol, $"{field}.destination.notPorts").ToList();
        if (_ports.Protocol(rule.NotProtocol, $"{field}.notProtocol") is { } not)
        {
            ports.Add(PortSpec.Numbers.All(not));
        }

        if (_ports.Icmp(rule.NotIcmp, protocol, $"{field}.notICMP") is { } icmp)
        {
            if (icmp.Type is null)
            {
                problems.Add($"{field}.notICMP.type", "", "a number from 0 to 254: without one the rule would match nothing");
            }

            ports.Add(icmp);
        }

        return [.. ports];
    }
}
