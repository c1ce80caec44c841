using System.Collections.Immutable;
using System.Diagnostics;
using Routing.Policy.Model;
using Routing.Policy.Selectors;

namespace Routing.Policy.Compile;

/// <summary>Adds up what rules match, with selectors as the addresses of their members and named ports as
/// numbers.</summary>
/// <param name="direction">Whose rules.</param>
/// <param name="ownPorts">What names mean on the subject, for ingress.</param>
/// <param name="members">The pods of a selection.</param>
/// <param name="nodes">The nodes of a selector.</param>
internal sealed class TrafficCollector(
    Direction direction,
    ImmutableArray<NamedPort> ownPorts,
    Func<PodSelection, IReadOnlyCollection<PodRecord>> members,
    NodeTable nodes)
{
    /// <summary>The sum.</summary>
    public MatchedTraffic Sum { get; } = new();

    /// <summary>The selections that the collector will ask for when it is given this rule.</summary>
    public static IEnumerable<PodSelection> SelectionsOf(RuleSpec rule, Direction direction)
    {
        foreach (var peer in rule.Peers)
        {
            if (peer is PeerSpec.Pods pods)
            {
                yield return pods.Selection;
            }
        }

        // A name in an egress rule means what each possible destination calls so.
        if (direction == Direction.Egress
            && rule.Ports.Items.Any(port => port is PortSpec.Named)
            && (rule.Peers.Count == 0 || rule.Peers.Items.Any(peer => peer is PeerSpec.IpBlock)))
        {
            yield return PodSelection.Everything;
        }
    }

    /// <summary>Adds a rule.</summary>
    public void Add(RuleSpec rule)
    {
        if (rule.Peers.Count == 0)
        {
            AddAnyPeer(rule.Ports);
        }

        foreach (var peer in rule.Peers)
        {
            switch (peer)
            {
                case PeerSpec.Pods pods:
                    AddPods(pods, rule.Ports);
                    break;
                case PeerSpec.IpBlock block:
                    AddBlock(block, rule.Ports);
                    break;
                case PeerSpec.Nodes selected:
                    foreach (var address in nodes.AddressesOf(selected.Selector))
                    {
                        // Ports have no names on a node.
                        AddPeer(
                            new AddressRange(address.Family, address.Value, address.Value), rule.Ports,
                            direction == Direction.Ingress ? ownPorts : []);
                    }

                    break;
                default:
                    throw new UnreachableException();
            }
        }
    }

    private void AddAnyPeer(EquatableArray<PortSpec> ports)
    {
        if (ports.Count == 0)
        {
            Sum.AddEverything();
        }

        foreach (var port in ports)
        {
            if (port is PortSpec.Named named && direction == Direction.Egress)
            {
                AddDestinations(named, _ => true);
                continue;
            }

            foreach (var numbers in Numbers(port, ownPorts))
            {
                Sum.AddPorts(port.Protocol, numbers.Low, numbers.High);
            }
        }
    }

    private void AddPods(PeerSpec.Pods peer, EquatableArray<PortSpec> ports)
    {
        foreach (var pod in members(peer.Selection))
        {
            var names = direction == Direction.Ingress ? ownPorts : pod.View.NamedPorts.Items;
            foreach (var address in pod.View.Addresses)
            {
                AddPeer(new AddressRange(address.Family, address.Value, address.Value), ports, names);
            }
        }
    }

    private void AddBlock(PeerSpec.IpBlock block, EquatableArray<PortSpec> ports)
    {
        foreach (var range in block.Ranges())
        {
            // On egress a name has no meaning for an address alone: see AddDestinations below.
            AddPeer(range, ports, direction == Direction.Ingress ? ownPorts : []);
        }

        if (direction == Direction.Egress)
        {
            foreach (var named in ports.Items.OfType<PortSpec.Named>())
            {
                AddDestinations(named, block.Contains);
            }
        }
    }

    private void AddPeer(AddressRange peers, EquatableArray<PortSpec> ports, ImmutableArray<NamedPort> names)
    {
        if (ports.Count == 0)
        {
            Sum.AddPeers(peers);
        }

        foreach (var port in ports)
        {
            foreach (var numbers in Numbers(port, names))
            {
                Sum.AddFlows(peers, port.Protocol, numbers.Low, numbers.High);
            }
        }
    }

    private void AddDestinations(PortSpec.Named named, Func<Address, bool> includes)
    {
        foreach (var pod in members(PodSelection.Everything))
        {
            foreach (var numbers in Numbers(named, pod.View.NamedPorts.Items))
            {
                foreach (var address in pod.View.Addresses.Items.Where(includes))
                {
                    Sum.AddFlows(
                        new AddressRange(address.Family, address.Value, address.Value),
                        named.Protocol, numbers.Low, numbers.High);
                }
            }
        }
    }

    private static IEnumerable<PortRange> Numbers(PortSpec port, ImmutableArray<NamedPort> names) => port switch
    {
        PortSpec.Numbers numbers => [new PortRange(numbers.Low, numbers.High)],
        PortSpec.Named named => names
            .Where(one => one.Name == named.Name && one.Protocol == named.Protocol)
            .Select(one => new PortRange(one.Number, one.Number)),
        _ => throw new UnreachableException(),
    };
}
