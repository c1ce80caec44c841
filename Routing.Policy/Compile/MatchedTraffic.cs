using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Compile;

/// <summary>What rules with one verdict that stand together match, as the union of look-ups that the kernel can do. The order
/// of these rules is gone: where all say the same, it means nothing.</summary>
internal sealed class MatchedTraffic
{
    private readonly HashSet<SetElement> _ports = [];
    private readonly Dictionary<TransportProtocol, List<PortRange>> _portRanges = [];
    private readonly HashSet<Address> _peers = [];
    private readonly List<AddressRange> _peerRanges = [];
    private readonly HashSet<(Address Peer, TransportProtocol Protocol, ushort Port)> _flows = [];
    private readonly Dictionary<(IpFamily Family, TransportProtocol Protocol), List<FlowBox>> _flowRanges = [];

    /// <summary>True when there is nothing to look up.</summary>
    public bool Everything { get; private set; }

    public void AddEverything() => Everything = true;

    /// <summary>Ports, whoever the peer is.</summary>
    public void AddPorts(TransportProtocol protocol, ushort low, ushort high)
    {
        if (low == high)
        {
            _ports.Add(Element(default, protocol, new PortRange(low, high)));
        }
        else
        {
            Of(_portRanges, protocol).Add(new PortRange(low, high));
        }
    }

    /// <summary>Peers, whatever the protocol and port.</summary>
    public void AddPeers(AddressRange peers)
    {
        if (peers.Low == peers.High)
        {
            _peers.Add(new Address(peers.Family, peers.Low));
        }
        else
        {
            _peerRanges.Add(peers);
        }
    }

    /// <summary>Peers at ports.</summary>
    public void AddFlows(AddressRange peers, TransportProtocol protocol, ushort low, ushort high)
    {
        if (peers.Low == peers.High && low == high)
        {
            _flows.Add((new Address(peers.Family, peers.Low), protocol, low));
        }
        else
        {
            Of(_flowRanges, (peers.Family, protocol)).Add(new FlowBox(peers, new PortRange(low, high)));
        }
    }

    /// <summary>Ports for any peer, exact or the ranges; ranges do not overlap.</summary>
    public HashSet<SetElement> Ports(bool ranges) => ranges
        ? _portRanges
            .SelectMany(entry => PortRange.Union(entry.Value).Select(ports => Element(default, entry.Key, ports)))
            .ToHashSet()
        : _ports;

    /// <summary>Peers for any port.</summary>
    public HashSet<SetElement> Peers(IpFamily family, bool ranges)
    {
        if (!ranges)
        {
            return _peers.Where(peer => peer.Family == family)
                .Select(peer => new SetElement(peer.Value, peer.Value)).ToHashSet();
        }

        // One-dimensional: boxes that all have the same side.
        var boxes = _peerRanges.Where(range => range.Family == family)
            .Select(range => new FlowBox(range, default)).ToList();
        return FlowBox.Disjoint(boxes).Select(box => new SetElement(box.Addresses.Low, box.Addresses.High)).ToHashSet();
    }

    /// <summary>Peers with protocol and port.</summary>
    public HashSet<SetElement> Flows(IpFamily family, bool ranges)
    {
        if (!ranges)
        {
            return _flows.Where(flow => flow.Peer.Family == family)
                .Select(flow => Element(
                    new AddressRange(family, flow.Peer.Value, flow.Peer.Value),
                    flow.Protocol,
                    new PortRange(flow.Port, flow.Port)))
                .ToHashSet();
        }

        return _flowRanges.Where(entry => entry.Key.Family == family)
            .SelectMany(entry => FlowBox.Disjoint(entry.Value)
                .Select(box => Element(box.Addresses, entry.Key.Protocol, box.Ports)))
            .ToHashSet();
    }

    private static SetElement Element(AddressRange peers, TransportProtocol protocol, PortRange ports) =>
        new(peers.Low, peers.High, (byte)protocol, ports.Low, ports.High);

    private static List<TItem> Of<TKey, TItem>(Dictionary<TKey, List<TItem>> lists, TKey key)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list))
        {
            lists.Add(key, list = []);
        }

        return list;
    }
}
