using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Analysis;

/// <summary>Cuts the addresses of both IP versions into ranges that no rule tells apart.</summary>
internal sealed class AddressCuts
{
    private readonly SortedSet<Address> _firsts = [new(IpFamily.V4, 0), new(IpFamily.V6, 0)];

    /// <summary>Cuts at every block of addresses that the cluster's policies may look at.</summary>
    public void Add(ClusterView cluster)
    {
        var services = new HashSet<NamespacedName>();
        foreach (var peer in cluster.Policies.Values
            .SelectMany(policy => (policy.Ingress?.Rules.Items ?? []).Concat(policy.Egress?.Rules.Items ?? []))
            .SelectMany(rule => rule.Peers.Items.Concat(rule.Own.Items)))
        {
            switch (peer)
            {
                case PeerSpec.IpBlock block:
                    Add(block.Cidr.Range);
                    AddAll(block.Except.Items);
                    break;
                case PeerSpec.Entity entity:
                    AddAll(entity.Nets.Items);
                    AddAll(entity.NotNets.Items);
                    break;
                case PeerSpec.Service service:
                    services.Add(service.Name);
                    break;
            }
        }

        AddAll(cluster.NetworkSets.Values.SelectMany(set => set.Nets.Items));
        AddAll(cluster.Domains.Values.SelectMany(addresses => addresses));
        AddAll(cluster.HostEndpoints.Values.SelectMany(host => host.Addresses.Items));
        AddAll(cluster.ServiceSlices.Values.Where(slice => services.Contains(slice.ServiceName)).SelectMany(slice => slice.Addresses.Items));
    }

    /// <summary>The ranges between the cuts.</summary>
    public IEnumerable<AddressRange> Ranges()
    {
        Address[] firsts = [.. _firsts];
        for (var i = 0; i < firsts.Length; i++)
        {
            var (family, low) = (firsts[i].Family, firsts[i].Value);
            var high = i + 1 < firsts.Length && firsts[i + 1].Family == family ? firsts[i + 1].Value - 1 : Last(family);
            yield return new AddressRange(family, low, high);
        }
    }

    private static UInt128 Last(IpFamily family) => family == IpFamily.V4 ? uint.MaxValue : UInt128.MaxValue;

    private void AddAll(IEnumerable<Cidr> blocks)
    {
        foreach (var block in blocks)
        {
            Add(block.Range);
        }
    }

    private void AddAll(IEnumerable<Address> addresses)
    {
        foreach (var address in addresses)
        {
            Add(new AddressRange(address.Family, address.Value, address.Value));
        }
    }

    private void Add(AddressRange range)
    {
        _firsts.Add(new Address(range.Family, range.Low));
        if (range.High < Last(range.Family))
        {
            _firsts.Add(new Address(range.Family, range.High + 1));
        }
    }
}
