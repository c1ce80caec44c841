using Routing.Agent.Netlink.Netfilter;
using Routing.Policy.Compile;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Conntrack;

/// <summary>Says which tracked connections a ruleset would not let begin: each is judged as a new packet of its original
/// direction, to where it ends after a translation of the destination, which is how the forward hook sees it.</summary>
internal sealed class FlowJudge
{
    /// <summary>Stands for every interface that is no pod's.</summary>
    private const string Elsewhere = "uplink";

    private readonly RulesetSimulator _rules;
    private readonly IReadOnlySet<Address> _host;
    private readonly IReadOnlySet<Address> _released;
    private readonly Dictionary<Address, string> _interfaces = [];

    /// <param name="ruleset">What is in force.</param>
    /// <param name="host">The node's own addresses: what it sends to its pods meets no policy.</param>
    /// <param name="released">Addresses that belonged to pods. Nothing may go on under one that is nobody's now.</param>
    public FlowJudge(Ruleset ruleset, IReadOnlySet<Address> host, IReadOnlySet<Address> released)
    {
        // What host endpoints say of new connections leaves those alone that there are: a tracked one shows no more where it came in,
        // nor what its destination was called before tracking and translation.
        _rules = new RulesetSimulator(ruleset.WithoutHostEndpoints(), isIndexed: true);
        (_host, _released) = (host, released);
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

        return (input is null && output is null) || (input is null && _host.Contains(source))
            ? false
            : !_rules.Passes(Packet(entry, input ?? Elsewhere, output ?? (_host.Contains(destination) ? null : Elsewhere)));
    }

    private bool IsGone(Address address) => _released.Contains(address) && !_host.Contains(address);

    private static Packet Packet(in ConntrackEntry entry, string input, string? output)
    {
        var protocol = (TransportProtocol)entry.Original.Protocol;
        var hasPorts = protocol.HasPorts();
        return new Packet(
            input, output, entry.Original.Source, entry.Reply.Source, protocol, hasPorts ? entry.Reply.SourcePort : (ushort)0)
        {
            SourcePort = hasPorts ? entry.Original.SourcePort : (ushort)0,
            IcmpType = entry.Original.IcmpType,
            IcmpCode = entry.Original.IcmpCode,
        };
    }
}
