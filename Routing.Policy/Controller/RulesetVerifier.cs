using System.Collections.Immutable;
using Routing.Policy.Compile;
using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Policy.Controller;

/// <summary>
/// Replays a ruleset against the <see cref="PolicyEvaluator"/> on a sample of packets around what has changed, before
/// anybody commits it. It knows nothing of how rulesets are compiled: it reads the change off the two rulesets.
/// <code>
///   local pods whose map entry, chain or sets changed, and a few others
///     x addresses in and beside the elements that changed, of other pods, of nodes, of nobody
///     x ports in and beside the elements of these addresses, both ways
/// </code>
/// Packets of pods alone: what host endpoints say is not asked. Nor is what is known to be closed further than policies say: whom a
/// policy selects that could not be compiled, and what would come to rules that are nested too deep (<see cref="ProfileFault"/>).
/// </summary>
/// <param name="random">The luck of the sample.</param>
/// <param name="limit">Most packets that are tried.</param>
public sealed class RulesetVerifier(Random random, int limit = 256)
{
    private const int Subjects = 12;
    private const int Peers = 12;
    private const int Points = 24;

    // Documentation addresses (RFC 5737, RFC 3849): nobody's.
    private static readonly ImmutableArray<Address> World = [Address.Parse("203.0.113.77"), Address.Parse("2001:db8:77::1")];

    /// <summary>Tries a ruleset.</summary>
    /// <param name="before">What is in force.</param>
    /// <param name="after">What shall be, just compiled by <paramref name="policy"/>.</param>
    /// <param name="policy">What it was compiled from.</param>
    /// <returns>Every packet tried of which the two say different things; none for a good ruleset.</returns>
    public ImmutableArray<Disagreement> Check(Ruleset before, Ruleset after, NodePolicy policy)
    {
        (before, after) = (before.WithoutHostEndpoints(), after.WithoutHostEndpoints());
        var open = policy.Endpoints.Where(endpoint => policy.IsOpen(endpoint.InterfaceName)).ToList();
        var defective = policy.Defective();
        var tried = open.Where(endpoint => !defective.Pods.Contains(endpoint.Pod)).ToList();
        if (tried.Count == 0)
        {
            return [];
        }

        var subjects = Some(tried.Where(endpoint => HasChanged(endpoint.InterfaceName, before, after)), Subjects - 4)
            .Concat(Some(tried, 4)).Distinct().ToList();
        var points = Some(ChangedPoints(before, after), Points);
        var peers = points.Select(point => point.Address).OfType<Address>()
            .Concat(policy.SamplePods(random, Peers).SelectMany(pod => pod.Addresses.Items))
            .Concat(subjects.SelectMany(endpoint => endpoint.Addresses.Items))
            .Concat(Some(policy.NodeAddresses(), 4))
            .Concat(World).Distinct()
            // Of two interfaces: nobody can tell whose it is.
            .Where(address => open.Count(endpoint => endpoint.Addresses.Items.Contains(address)) < 2)
            .Where(address => policy.OwnerOf(address) is not { } pod || !defective.Pods.Contains(pod.Name))
            .ToHashSet();
        var view = policy.ViewOf(peers.Concat(subjects.SelectMany(endpoint => endpoint.Addresses.Items)), defective.Policies);
        var trial = new Trial(policy, open, view, Focus(after, peers));
        var ports = Ports(trial.Ruleset).ToList();

        // First what changed, with the addresses and ports that changed; then anything else.
        var packets = Some(
            points.SelectMany(point => Packets(subjects, peers, point.Address).Select(packet => (packet, port: point.Port))), limit * 3 / 4);
        packets.AddRange(Some(Packets(subjects, peers, null), limit - packets.Count)
            .Select(packet => (packet, ports[random.Next(ports.Count)])));
        return [.. packets.Distinct().Select(one => trial.Try(one.packet, one.port)).OfType<Disagreement>()];
    }

    /// <summary>From and to each of the subjects.</summary>
    /// <param name="subjects">Local pods.</param>
    /// <param name="peers">Addresses that may stand at the other end.</param>
    /// <param name="only">The one of them that shall; null for any.</param>
    private static IEnumerable<(LocalEndpoint Subject, Direction Direction, Address Own, Address Peer)> Packets(
        List<LocalEndpoint> subjects, HashSet<Address> peers, Address? only) =>
        from subject in subjects
        from own in subject.Addresses
        where peers.Contains(own)
        from peer in only is { } one ? peers.Contains(one) ? [one] : [] : (IEnumerable<Address>)peers
        where peer.Family == own.Family && !subject.Addresses.Items.Contains(peer)
        from direction in Enum.GetValues<Direction>()
        select (subject, direction, own, peer);

    private List<T> Some<T>(IEnumerable<T> items, int atMost)
    {
        var all = items.ToArray();
        random.Shuffle(all);
        return [.. all.Take(atMost)];
    }

    /// <summary>True when a packet of the interface may meet something else than before.</summary>
    private static bool HasChanged(string interfaceName, Ruleset before, Ruleset after) => after.Maps.Values.Any(map =>
        !map.Elements.TryGetValue(interfaceName, out var verdict)
        || !before.Maps.TryGetValue(map.Name, out var old)
        || !old.Elements.TryGetValue(interfaceName, out var was) || was != verdict
        || (verdict.Chain is { } chain && HasChanged(chain, before, after, [])));

    private static bool HasChanged(string chain, Ruleset before, Ruleset after, HashSet<string> seen) =>
        seen.Add(chain)
        && (!before.Chains.TryGetValue(chain, out var was) || !ReferenceEquals(was, after.Chains[chain])
            || after.Chains[chain].Rules.Any(rule =>
                rule.Matches.OfType<Match.InSet>().Any(match =>
                    !before.Sets.TryGetValue(match.SetName, out var old) || !ReferenceEquals(old, after.Sets[match.SetName]))
                || (rule.Action is RuleAction.Decide { Verdict.Chain: { } next } && HasChanged(next, before, after, seen))));

    /// <summary>Addresses and ports in the elements that came or went, and just outside of them; no address for a set that does not
    /// look at one. Any port stands for a set without ports.</summary>
    private static IEnumerable<(Address? Address, (TransportProtocol Protocol, ushort Port) Port)> ChangedPoints(Ruleset before, Ruleset after)
    {
        foreach (var set in after.Sets.Values.Where(set =>
            !set.Key.Contains(RuleField.InputInterface) && !set.Key.Contains(RuleField.OutputInterface)))
        {
            var old = before.Sets.GetValueOrDefault(set.Name);
            if (ReferenceEquals(old, set))
            {
                continue;
            }

            var changed = old is not null && set.Edit is { } edit && ReferenceEquals(edit.Base, old.Elements)
                ? edit.Added.Concat(edit.Removed)
                : set.Elements.Except(old?.Elements ?? []).Concat((old?.Elements ?? []).Except(set.Elements));
            foreach (var element in changed)
            {
                foreach (var address in AddressesOf(set.Family, element))
                {
                    foreach (var port in PortsOf(set, element))
                    {
                        yield return (address, port);
                    }
                }
            }
        }
    }

    private static IEnumerable<Address?> AddressesOf(IpFamily? family, SetElement element)
    {
        if (family is not { } version)
        {
            return [null];
        }

        UInt128[] values = [element.AddressLow, element.AddressHigh, element.AddressLow - 1, element.AddressHigh + 1];
        return values.Where(value => version == IpFamily.V6 || value <= uint.MaxValue).Distinct()
            .Select(value => (Address?)new Address(version, value));
    }

    private static IEnumerable<(TransportProtocol Protocol, ushort Port)> PortsOf(MatchSet set, SetElement element)
    {
        if (!set.Key.Contains(RuleField.Protocol))
        {
            return [(TransportProtocol.Tcp, 80)];
        }

        var protocol = (TransportProtocol)element.Protocol;
        int[] ports = protocol.HasPorts()
            ? [Math.Max(1, (int)element.PortLow), element.PortHigh, Math.Max(1, element.PortLow - 1), Math.Min(ushort.MaxValue, element.PortHigh + 1)]
            : [element.PortLow, element.PortHigh];
        return ports.Distinct().Select(port => (protocol, (ushort)port));
    }

    /// <summary>The ruleset with the elements that can match some of the addresses: sets may have 100,000 others, and the
    /// simulator looks at each.</summary>
    private static Ruleset Focus(Ruleset ruleset, IEnumerable<Address> addresses)
    {
        var values = addresses.ToLookup(address => address.Family, address => address.Value)
            .ToDictionary(family => family.Key, family => family.Order().ToArray());
        return ruleset with
        {
            Sets = ruleset.Sets.SetItems(ruleset.Sets.Where(set => set.Value.Family is not null).Select(set => KeyValuePair.Create(
                set.Key, set.Value with { Elements = [.. set.Value.Elements.Where(element => Touches(values, set.Value.Family!.Value, element))] }))),
        };
    }

    private static bool Touches(Dictionary<IpFamily, UInt128[]> values, IpFamily family, SetElement element)
    {
        if (!values.TryGetValue(family, out var sorted))
        {
            return false;
        }

        var at = Array.BinarySearch(sorted, element.AddressLow);
        at = at < 0 ? ~at : at;
        return at < sorted.Length && sorted[at] <= element.AddressHigh;
    }

    /// <summary>Ports (or ICMP messages) in the elements and just outside of them, and some that no rule may name.</summary>
    private static HashSet<(TransportProtocol Protocol, ushort Port)> Ports(Ruleset ruleset)
    {
        HashSet<(TransportProtocol, ushort)> ports =
        [
            (TransportProtocol.Tcp, 80), (TransportProtocol.Udp, 53), (TransportProtocol.Sctp, 9), (TransportProtocol.Icmp, 8 << 8),
        ];
        foreach (var set in ruleset.Sets.Values.Where(set => set.Key.Contains(RuleField.Protocol)))
        {
            ports.UnionWith(set.Elements.SelectMany(element => PortsOf(set, element)));
        }

        return ports;
    }

    /// <summary>The two that have to agree.</summary>
    private sealed class Trial(NodePolicy policy, List<LocalEndpoint> open, ClusterView view, Ruleset ruleset)
    {
        private const string Outside = "outside";

        private readonly PolicyEvaluator _evaluator = new(view);
        private readonly RulesetSimulator _simulator = new(ruleset);
        private readonly HashSet<Address> _own = [.. view.Nodes.TryGetValue(policy.NodeName, out var node) ? node.Addresses.Items : []];

        public Ruleset Ruleset => ruleset;

        /// <summary>Null when they agree, or when there is nothing to ask.</summary>
        public Disagreement? Try(
            (LocalEndpoint Subject, Direction Direction, Address Own, Address Peer) packet, (TransportProtocol Protocol, ushort Port) port)
        {
            var (subject, direction, own, peer) = packet;
            var owner = policy.OwnerOf(peer);
            var other = open.Find(endpoint => endpoint.Addresses.Items.Contains(peer));
            if ((other is null && owner?.NodeName == policy.NodeName) // closed yet: its own rules say so, not the policies
                || (direction == Direction.Ingress && _own.Contains(peer))) // a node's own packets meet no rules
            {
                return null;
            }

            var (source, destination) = direction == Direction.Egress ? (own, peer) : (peer, own);
            var flow = new Flow(
                new FlowEnd.Address(source),
                new FlowEnd.Address(destination),
                port.Protocol,
                port.Protocol.HasPorts() ? port.Port : (ushort)0)
            {
                IcmpType = port.Protocol.HasTypes() ? (byte)(port.Port >> 8) : (byte)0,
                IcmpCode = port.Protocol.HasTypes() ? (byte)port.Port : (byte)0,
            };
            var peerInterface = other?.InterfaceName ?? (_own.Contains(peer) ? null : Outside);
            var sent = new Packet(
                direction == Direction.Egress ? subject.InterfaceName : peerInterface ?? Outside,
                direction == Direction.Egress ? peerInterface : subject.InterfaceName,
                source, destination, flow.Protocol, flow.Port) { IcmpType = flow.IcmpType, IcmpCode = flow.IcmpCode };

            // Of two pods of this node both sides are here; of others the other side is another node's.
            var reasons = _evaluator.Evaluate(flow).Families[0].Reasons
                .Where(reason => reason.Layer is null && (other is not null || reason.Side == direction)).ToList();
            var isTooDeep = false;
            _simulator.Matched = (chain, place) => isTooDeep |= chain.Rules[place].Comment == ProfileStages.TooDeep;
            var passes = _simulator.Passes(sent);
            return passes == !reasons.Exists(reason => reason.Denies) || (isTooDeep && !passes) ? null
                : new Disagreement(sent, passes, string.Join("; ", reasons));
        }
    }
}
