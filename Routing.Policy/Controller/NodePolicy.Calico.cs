using Routing.Policy.Compile;
using Routing.Policy.Model;

namespace Routing.Policy.Controller;

/// <summary>What only Calico's policies look at.</summary>
public sealed partial class NodePolicy
{
    private static readonly EquatableArray<Cidr> Anywhere = [Cidr.Parse("0.0.0.0/0"), Cidr.Parse("::/0")];

    private readonly Dictionary<string, Tier> _tiers = new(StringComparer.Ordinal);
    private readonly Dictionary<NamespacedName, NetworkSetView> _networkSets = [];
    private readonly Dictionary<string, HostEndpointView> _hostEndpoints = new(StringComparer.Ordinal);
    private readonly Dictionary<NamespacedName, ServiceAccountView> _accounts = [];
    private readonly ServiceTable _services = new();

    /// <summary>A tier came or changed: its policies move to where it says.</summary>
    public void UpsertTier(Tier tier)
    {
        if (!_tiers.TryGetValue(tier.Name, out var before) || before != tier)
        {
            _tiers[tier.Name] = tier;
            MovePolicies(tier);
        }
    }

    /// <summary>A tier went; its policies are asked after all others.</summary>
    public void RemoveTier(string name)
    {
        if (_tiers.Remove(name))
        {
            MovePolicies(Tier.Unknown(name));
        }
    }

    /// <summary>All tiers, after a list: those that are not in it went.</summary>
    public void ReplaceTiers(IEnumerable<Tier> tiers) =>
        Replace([.. _tiers.Keys], tiers, tier => tier.Name, RemoveTier, UpsertTier);

    /// <summary>A network set, of a namespace or not, came or changed.</summary>
    public void UpsertNetworkSet(NetworkSetView set)
    {
        if (!_networkSets.TryGetValue(set.Name, out var before) || before != set)
        {
            _networkSets[set.Name] = set;
            _index.UpsertNet(EndpointKinds.NetworkSets, set.Name, set.Labels, set.Nets);
            if (set.IsIncomplete)
            {
                _index.UpsertNet(EndpointKinds.UnreadNets, set.Name, set.Labels, Anywhere);
            }
            else
            {
                _index.RemoveNet(EndpointKinds.UnreadNets, set.Name);
            }
        }
    }

    /// <summary>A network set went.</summary>
    public void RemoveNetworkSet(NamespacedName name)
    {
        if (_networkSets.Remove(name))
        {
            _index.RemoveNet(EndpointKinds.NetworkSets, name);
            _index.RemoveNet(EndpointKinds.UnreadNets, name);
        }
    }

    /// <summary>All network sets that are in a namespace, or all that are in none, after a list.</summary>
    public void ReplaceNetworkSets(IEnumerable<NetworkSetView> sets, bool areGlobal) => Replace(
        [.. _networkSets.Keys.Where(name => name.Namespace.Length == 0 == areGlobal)],
        sets, set => set.Name, RemoveNetworkSet, UpsertNetworkSet);

    /// <summary>A host endpoint came or changed.</summary>
    public void UpsertHostEndpoint(HostEndpointView host)
    {
        if (!_hostEndpoints.TryGetValue(host.Name, out var before) || before != host)
        {
            SetOwnHost(host.Name, host);
            _hostEndpoints[host.Name] = host;
            _index.UpsertNet(
                EndpointKinds.HostEndpoints, new NamespacedName("", host.Name), host.Labels,
                [.. host.Addresses.Items.Select(Cidr.Of)]);
        }
    }

    /// <summary>A host endpoint went.</summary>
    public void RemoveHostEndpoint(string name)
    {
        if (_hostEndpoints.Remove(name))
        {
            SetOwnHost(name, null);
            _index.RemoveNet(EndpointKinds.HostEndpoints, new NamespacedName("", name));
        }
    }

    /// <summary>All host endpoints, after a list.</summary>
    public void ReplaceHostEndpoints(IEnumerable<HostEndpointView> hosts) => Replace(
        [.. _hostEndpoints.Keys], hosts, host => host.Name, RemoveHostEndpoint, UpsertHostEndpoint);

    /// <summary>A service account came or changed.</summary>
    public void UpsertServiceAccount(ServiceAccountView account)
    {
        _accounts[account.Name] = account;
        _index.UpsertAccount(account);
    }

    /// <summary>A service account went.</summary>
    public void RemoveServiceAccount(NamespacedName name)
    {
        _accounts.Remove(name);
        _index.RemoveAccount(name);
    }

    /// <summary>All service accounts, after a list.</summary>
    public void ReplaceServiceAccounts(IEnumerable<ServiceAccountView> accounts) => Replace(
        [.. _accounts.Keys], accounts, account => account.Name, RemoveServiceAccount, UpsertServiceAccount);

    /// <summary>A slice of a Service's endpoints came or changed.</summary>
    public void UpsertServiceSlice(ServiceSliceView slice) => OnServicesChanged(_services.Upsert(slice));

    /// <summary>A slice of a Service's endpoints went.</summary>
    public void RemoveServiceSlice(NamespacedName name) => OnServicesChanged(_services.Remove(name));

    /// <summary>All slices, after a list.</summary>
    public void ReplaceServiceSlices(IEnumerable<ServiceSliceView> slices) => Replace(
        [.. _services.Names], slices, slice => slice.Name, RemoveServiceSlice, UpsertServiceSlice);

    private void OnServicesChanged(IEnumerable<NamespacedName> services)
    {
        var changed = services.ToHashSet();
        if (changed.Count > 0)
        {
            _profiles.OnServicesChanged(changed);
        }
    }

    /// <summary>A policy in its tier as it is known now.</summary>
    private PolicySpec InTier(PolicySpec policy)
    {
        var tier = Tier.BuiltIn(policy.Tier.Name) ?? _tiers.GetValueOrDefault(policy.Tier.Name, policy.Tier);
        return tier == policy.Tier ? policy : policy with { Tier = tier };
    }

    private void MovePolicies(Tier tier)
    {
        foreach (var policy in _policies.Specs.Values.Where(policy => policy.Tier.Name == tier.Name).ToList())
        {
            UpsertPolicy(policy with { Tier = tier });
        }
    }
}
