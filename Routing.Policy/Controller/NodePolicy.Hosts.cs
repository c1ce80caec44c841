using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Rules;
using Routing.Policy.Selectors;

namespace Routing.Policy.Controller;

/// <content>Host endpoints: the node's own interfaces as subjects of policies.</content>
public sealed partial class NodePolicy
{
    private readonly HostTable _hosts;
    private readonly SortedDictionary<string, HostEndpointView> _ownHosts = new(StringComparer.Ordinal);
    private ImmutableArray<HostInterface> _hostInterfaces = [];
    private bool _areHostsDirty;

    /// <summary>The node's own host endpoints, and the interfaces that each stands for ("*" for all that no other one has); none
    /// for one that no interface fits. As of the last <see cref="Compile"/>.</summary>
    public ImmutableArray<(HostEndpointView Endpoint, ImmutableArray<string> Interfaces)> HostEndpoints() =>
    [
        .. _ownHosts.Values.Select(endpoint => (endpoint,
            _hosts.InForce.Where(one => one.Value.Name == endpoint.Name)
                .Select(one => one.Key.Length == 0 ? HostEndpointView.AllInterfaces : one.Key).ToImmutableArray())),
    ];

    /// <summary>The host endpoint of each of the node's interfaces that is one; the empty name stands for all others. As of the last
    /// <see cref="Compile"/>.</summary>
    public ImmutableSortedDictionary<string, HostEndpointView> HostEndpointsByInterface => _hosts.InForce;

    /// <summary>Ports that host endpoints never close.</summary>
    public FailsafePorts Failsafes { get; }

    /// <summary>The node's interfaces, all of them: which host endpoint means which may depend on their addresses.</summary>
    public void SetHostInterfaces(IEnumerable<HostInterface> interfaces)
    {
        var now = interfaces.OrderBy(one => one.Name, StringComparer.Ordinal).ToImmutableArray();
        if (!now.SequenceEqual(_hostInterfaces))
        {
            _hostInterfaces = now;
            _areHostsDirty |= _ownHosts.Values.Any(endpoint => endpoint.InterfaceName.Length == 0);
        }
    }

    /// <summary>A host endpoint came, changed or, with null, went.</summary>
    private void SetOwnHost(string name, HostEndpointView? endpoint)
    {
        _areHostsDirty |= _ownHosts.Remove(name);
        if (endpoint?.NodeName == _nodeName)
        {
            _ownHosts.Add(name, endpoint);
            _areHostsDirty = true;
        }
    }

    /// <summary>A policy that may be about host endpoints came, changed or went.</summary>
    private void TouchHosts(PolicyKey policy)
    {
        _areHostsDirty |= _ownHosts.Count > 0 && (IsAboutHosts(policy) || IsAboutHosts(policy.Enforced()));
    }

    private bool IsAboutHosts(PolicyKey policy) => _policies.Specs.TryGetValue(policy, out var spec)
        && spec.Subject?.Kinds.HasFlag(EndpointKinds.HostEndpoints) == true;

    private NetRecord FindHost(string name) => _index.FindNet(EndpointKinds.HostEndpoints, new NamespacedName("", name));

    private Ruleset CompileHosts(Ruleset ruleset)
    {
        if (!_areHostsDirty)
        {
            return ruleset;
        }

        _areHostsDirty = false;
        return _hosts.Put(
            _ownHosts.Values, _hostInterfaces,
            (endpoint, side) => _choice.Acquire(FindHost(endpoint.Name), endpoint.NamedPorts, side), ruleset);
    }
}
