using System.Collections.Immutable;
using Routing.Agent.Dataplane.Ways;
using Routing.Agent.Netlink.Netfilter;
using Routing.Policy.Compile;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Agent.Dataplane.Conntrack;

/// <summary>Says which tracked connections a ruleset would not let begin: each is judged as a new packet of its original
/// direction, with its destination before and after a translation, as each hook sees it.</summary>
/// <remarks>Where a connection's packets come in and leave that are no pod's is not in its entry. Where host endpoints ask for that it
/// is taken to be where the node's routes lead to, from its other end; where they lead by several ways, a connection that one of them
/// allows goes on, and of an end of which nothing is known host endpoints forbid nothing.</remarks>
internal sealed class FlowJudge
{
    /// <summary>Stands for every interface of which nothing is known; no interface can be called so.</summary>
    private const string Unknown = "/";

    private readonly RulesetSimulator _pods;
    private readonly RulesetSimulator? _hosts; // the hooks of host endpoints alone; null where there are none
    private readonly IPacketWays _ways;
    private readonly IReadOnlySet<Address> _released;
    private readonly Dictionary<Address, string> _interfaces = [];

    /// <param name="ruleset">What is in force.</param>
    /// <param name="ways">The node's own addresses, and its routes: what it sends to its pods meets no policy.</param>
    /// <param name="released">Addresses that belonged to pods. Nothing may go on under one that is nobody's now.</param>
    public FlowJudge(Ruleset ruleset, IPacketWays ways, IReadOnlySet<Address> released)
    {
        var ofHosts = ruleset.Maps.Values.Where(map => RulesetParts.IsOfHostEndpoints(map.Name)).ToList();
        _pods = new RulesetSimulator(ruleset.WithoutHostEndpoints(), isIndexed: true);
        _hosts = ofHosts.Count == 0 ? null : new RulesetSimulator(
            ruleset with
            {
                Chains = ruleset.Chains.RemoveRange(
                    from chain in ruleset.Chains.Values
                    where chain.Hook is not null && !RulesetParts.IsOfHostEndpoints(chain.Name)
                    select chain.Name),
                Maps = ruleset.Maps.SetItems(ofHosts.Select(map => KeyValuePair.Create(
                    map.Name, map with { Elements = map.Elements.SetItem(Unknown, Verdict.Return) }))),
            },
            isIndexed: true);
        (_ways, _released) = (ways, released);
        foreach (var (name, address) in Endpoints.Of(ruleset))
        {
            _interfaces[address] = name;
        }
    }

    /// <summary>True when the connection must end. False for those that are no pod's, that are in a zone of their own, and
    /// that another connection announced.</summary>
    public bool Forbids(ConntrackEntry entry) => Judge(entry) != FlowRuling.Allowed;

    /// <summary>What the rules say of the connection.</summary>
    public FlowRuling Judge(in ConntrackEntry entry)
    {
        var (source, destination) = (entry.Original.Source, entry.Reply.Source);
        if (entry.Zone != 0 || entry.IsExpected || source.Family != destination.Family)
        {
            return FlowRuling.Allowed;
        }

        var input = _interfaces.GetValueOrDefault(source);
        var output = _interfaces.GetValueOrDefault(destination);
        if ((input is null && IsGone(source)) || (output is null && IsGone(destination)))
        {
            return FlowRuling.Final;
        }

        var (isOfHost, isForHost) = (input is null && _ways.IsLocal(source), output is null && _ways.IsLocal(destination));
        if (isOfHost ? isForHost || output is not null || _hosts is null : input is null && output is null && _hosts is null)
        {
            return FlowRuling.Allowed; // none of a pod's, and none that a host endpoint may be asked of
        }

        // Who sends from another's address is routed by the interface that he came in by, too; of two such ends one is guessed first.
        ImmutableArray<string?> outputs = isForHost ? [null] : output is not null ? [output]
            : Towards(destination, source, isOfHost ? null : input ?? Towards(source, null, null)[0]);
        ImmutableArray<string?> inputs = isOfHost ? [null] : input is not null ? [input]
            : Towards(source, destination, isForHost ? null : output ?? outputs[0]);
        if (_hosts is not null && AreForbidden(_hosts, entry, inputs, outputs))
        {
            return FlowRuling.Final;
        }

        return _pods.Passes(Packet(entry, inputs[0], outputs[0])) ? FlowRuling.Allowed : FlowRuling.OfPods;
    }

    private static bool AreForbidden(
        RulesetSimulator rules, in ConntrackEntry entry, ImmutableArray<string?> inputs, ImmutableArray<string?> outputs)
    {
        foreach (var input in inputs)
        {
            foreach (var output in outputs)
            {
                if (rules.Passes(Packet(entry, input, output)))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>The interfaces by which packets may leave; <see cref="Unknown"/> where that is not known, or does not matter.</summary>
    private ImmutableArray<string?> Towards(Address destination, Address? source, string? input)
    {
        var names = _hosts is not null && input != Unknown ? _ways.Towards(new PacketWay(destination, source, input)) : [];
        return names.IsEmpty ? [Unknown] : names.CastArray<string?>();
    }

    private bool IsGone(Address address) => _released.Contains(address) && !_ways.IsLocal(address);

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
