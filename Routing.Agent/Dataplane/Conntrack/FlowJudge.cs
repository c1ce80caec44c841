using Routing.Agent.Netlink.Netfilter;
using Routing.Policy.Compile;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Conntrack;

/// <summary>Says which tracked connections a ruleset would not let begin: each is judged as a new packet of its original
/// direction, with its destination before and after a translation, as each hook sees it.</summary>
/// <remarks>Where a connection's packets come in and leave that are no pod's is not in its entry. Where host endpoints ask for that it
/// is taken to be where the node's routes lead to; of an end that they lead nowhere nothing is forbidden by name.</remarks>
internal sealed class FlowJudge
{
    /// <summary>Stands for every interface that is no pod's, and that no host endpoint is asked of by its name.</summary>
    private const string Elsewhere = "uplink";

    private readonly RulesetSimulator _rules;
    private readonly IReadOnlySet<Address> _host;
    private readonly IReadOnlySet<Address> _released;
    private readonly Func<Address, string?>? _interfaceTowards; // null where no host endpoint asks
    private readonly Dictionary<Address, string> _interfaces = [];
    private readonly Dictionary<Address, string> _others = [];

    /// <param name="ruleset">What is in force.</param>
    /// <param name="host">The node's own addresses: what it sends to its pods meets no policy.</param>
    /// <param name="released">Addresses that belonged to pods. Nothing may go on under one that is nobody's now.</param>
    /// <param name="interfaceTowards">The interface by which packets to an address leave; null for none.</param>
    public FlowJudge(
        Ruleset ruleset, IReadOnlySet<Address> host, IReadOnlySet<Address> released, Func<Address, string?> interfaceTowards)
    {
        _rules = new RulesetSimulator(ruleset, isIndexed: true);
        (_host, _released) = (host, released);
        _interfaceTowards = ruleset.Chains.Keys.Any(RulesetParts.IsOfHostEndpoints) ? interfaceTowards : null;
        foreach (var (name, address) in Endpoints.Of(ruleset))
        {
            _interfaces[address] = name;
        }
    }

    /// <summary>True when the connection must end. False for those that are no pod's, that are in a zone of their own, and
    /// that another connection announced.</summary>
    public bool Forbids(ConntrackEntry entry)
    {
        var (source, destination) = (entry.Original.Source, entry.Reply.Source);
        if (entry.Zone != 0 || entry.IsExpected || source.Family != destination.Family)
        {
            return false;
        }

        var input = _interfaces.GetValueOrDefault(source);
        var output = _interfaces.GetValueOrDefault(destination);
        if ((input is null && IsGone(source)) || (output is null && IsGone(destination)))
        {
            return true;
        }

        var (isOfHost, isForHost) = (input is null && _host.Contains(source), output is null && _host.Contains(destination));
        if (isOfHost ? isForHost || output is not null || _interfaceTowards is null
            : input is null && output is null && _interfaceTowards is null)
        {
            return false; // none of a pod's, and none that a host endpoint may be asked of
        }

        return !_rules.Passes(Packet(
            entry, isOfHost ? null : input ?? OtherOf(source), isForHost ? null : output ?? OtherOf(destination)));
    }

    private string OtherOf(Address address)
    {
        if (_interfaceTowards is null)
        {
            return Elsewhere;
        }

        if (!_others.TryGetValue(address, out var name))
        {
            _others.Add(address, name = _interfaceTowards(address) ?? Elsewhere);
        }

        return name;
    }

    private bool IsGone(Address address) => _released.Contains(address) && !_host.Contains(address);

    private static Packet Packet(in ConntrackEntry entry, string? input, string? output)
    {
        var protocol = (TransportProtocol)entry.Original.Protocol;
        var hasPorts = protocol.HasPorts();
        return new Packet(
            input, output, entry.Original.Source, entry.Reply.Source, protocol, hasPorts ? entry.Reply.SourcePort : (ushort)0)
        {
            SourcePort = hasPorts ? entry.Original.SourcePort : (ushort)0,
            Untranslated = (entry.Original.Destination, hasPorts ? entry.Original.DestinationPort : (ushort)0),
            IcmpType = entry.Original.IcmpType,
            IcmpCode = entry.Original.IcmpCode,
        };
    }
}
