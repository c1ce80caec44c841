using Routing.Policy.Model;

namespace Routing.Policy.Compile;

/// <summary>The endpoints of Services, which policies may name as peers.</summary>
internal sealed class ServiceTable
{
    private readonly Dictionary<NamespacedName, ServiceSliceView> _slices = [];
    private readonly Dictionary<NamespacedName, HashSet<NamespacedName>> _byService = [];

    /// <summary>The slices' names.</summary>
    public IReadOnlyCollection<NamespacedName> Names => _slices.Keys;

    /// <summary>Every slice.</summary>
    public IReadOnlyCollection<ServiceSliceView> All => _slices.Values;

    /// <summary>One of them; null when there is none.</summary>
    public ServiceSliceView? Find(NamespacedName name) => _slices.GetValueOrDefault(name);

    /// <summary>A Service's slices.</summary>
    public IEnumerable<ServiceSliceView> Of(NamespacedName service) =>
        _byService.TryGetValue(service, out var names) ? names.Select(name => _slices[name]) : [];

    /// <summary>A rule with addresses and ports in place of Services: one rule for each slice, which as a destination is at
    /// its own ports only. They stand together and say the same, so that their order means nothing.</summary>
    public IEnumerable<RuleSpec> Resolve(RuleSpec rule, Direction direction) =>
        rule.Peers.Items.Any(peer => peer is PeerSpec.Service) ? ResolvePeers(rule, direction) : [rule];

    private IEnumerable<RuleSpec> ResolvePeers(RuleSpec rule, Direction direction)
    {
        var services = rule.Peers.Items.OfType<PeerSpec.Service>();
        PeerSpec[] others = [.. rule.Peers.Items.Where(peer => peer is not PeerSpec.Service)];
        var slices = services.SelectMany(service => Of(service.Name)).DistinctBy(slice => slice.Name)
            .OrderBy(slice => slice.Name)
            .Where(slice => slice.Addresses.Count > 0)
            .Select(slice => rule with
            {
                Peers = [.. slice.Addresses.Items.Select(address => new PeerSpec.IpBlock(Cidr.Of(address), []))],
                Ports = direction == Direction.Egress ? Common(slice.Ports, rule.Ports) : rule.Ports,
            })
            .Where(one => one.Ports.Count > 0 || direction == Direction.Ingress);
        return others.Length == 0 ? slices : slices.Prepend(rule with { Peers = [.. others] });
    }

    /// <summary>A slice came or changed.</summary>
    /// <returns>The Services that have other endpoints now.</returns>
    public IEnumerable<NamespacedName> Upsert(ServiceSliceView slice)
    {
        if (_slices.TryGetValue(slice.Name, out var before) && before == slice)
        {
            return [];
        }

        HashSet<NamespacedName> changed = [.. Remove(slice.Name), slice.ServiceName];
        _slices.Add(slice.Name, slice);
        if (!_byService.TryGetValue(slice.ServiceName, out var names))
        {
            _byService.Add(slice.ServiceName, names = []);
        }

        names.Add(slice.Name);
        return changed;
    }

    /// <summary>A slice went.</summary>
    /// <returns>The Services that have other endpoints now.</returns>
    public IEnumerable<NamespacedName> Remove(NamespacedName name)
    {
        if (!_slices.Remove(name, out var slice))
        {
            return [];
        }

        var names = _byService[slice.ServiceName];
        names.Remove(name);
        if (names.Count == 0)
        {
            _byService.Remove(slice.ServiceName);
        }

        return [slice.ServiceName];
    }

    private static EquatableArray<PortSpec> Common(EquatableArray<PortSpec.Numbers> served, EquatableArray<PortSpec> asked) =>
        asked.Count == 0
            ? [.. served.Items]
            : [.. from one in served.Items
                  from other in asked.Items.OfType<PortSpec.Numbers>()
                  where one.Protocol == other.Protocol && one.Low <= other.High && other.Low <= one.High
                  select new PortSpec.Numbers(
                      one.Protocol, Math.Max(one.Low, other.Low), Math.Min(one.High, other.High))];
}
