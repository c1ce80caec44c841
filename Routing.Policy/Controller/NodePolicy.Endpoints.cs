using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Rules;
using Routing.Policy.Selectors;

namespace Routing.Policy.Controller;

/// <content>Pods' interfaces on this node: whose they are, and which of them have to be resolved again.</content>
public sealed partial class NodePolicy
{
    private readonly EndpointTable _open;
    private readonly Dictionary<string, LocalEndpoint> _endpoints = new(StringComparer.Ordinal);
    private readonly Dictionary<NamespacedName, ImmutableArray<string>> _interfaces = []; // of the pods with endpoints
    private readonly HashSet<string> _dirty = new(StringComparer.Ordinal); // interfaces

    /// <summary>A local pod has an interface, or another pod has it now. The addresses count as the pod's from here on,
    /// for everybody's rules on this node, whether or not the API server shows them already.</summary>
    public void SetEndpoint(LocalEndpoint endpoint)
    {
        if (_endpoints.TryGetValue(endpoint.InterfaceName, out var before))
        {
            if (before == endpoint)
            {
                return;
            }

            RemoveEndpoint(endpoint.InterfaceName);
        }

        _endpoints.Add(endpoint.InterfaceName, endpoint);
        _interfaces[endpoint.Pod] = _interfaces.GetValueOrDefault(endpoint.Pod, []).Add(endpoint.InterfaceName);
        OnEndpointChanged(endpoint);
    }

    /// <summary>An interface went; also for one that never was.</summary>
    public void RemoveEndpoint(string interfaceName)
    {
        if (_endpoints.Remove(interfaceName, out var endpoint))
        {
            var others = _interfaces[endpoint.Pod].Remove(interfaceName);
            if (others.IsEmpty)
            {
                _interfaces.Remove(endpoint.Pod);
            }
            else
            {
                _interfaces[endpoint.Pod] = others;
            }

            OnEndpointChanged(endpoint);
        }
    }

    /// <summary>True when the last <see cref="Compile"/> gave the interface its rules; false while its pod, or the pod's namespace, is
    /// not known, and then everything from and to it is dropped.</summary>
    public bool IsOpen(string interfaceName) => _open.IsOpen(interfaceName);

    private Ruleset CompileEndpoints(Ruleset ruleset)
    {
        _open.EnsureCapacity(_dirty.Count);
        foreach (var interfaceName in _dirty)
        {
            _open.Put(interfaceName, Resolve(interfaceName));
        }

        _dirty.Clear();
        return _open.Commit(ruleset);
    }

    private OpenEndpoint? Resolve(string interfaceName)
    {
        if (!_endpoints.TryGetValue(interfaceName, out var endpoint)
            || !_pods.TryGetValue(endpoint.Pod, out var pod)
            || !_namespaces.Contains(endpoint.Pod.Namespace) // by its labels a policy may select the pod
            || !IsOf(endpoint, pod))
        {
            return null;
        }

        var record = _index.Pods[pod.Name];
        return new OpenEndpoint(
            endpoint, _choice.Acquire(record, Direction.Ingress), _choice.Acquire(record, Direction.Egress));
    }

    /// <summary>True when the interface belongs to this pod, not to an earlier or later one of the same name.</summary>
    private bool IsOf(LocalEndpoint endpoint, PodView pod) =>
        pod.IsSelectable
        && (pod.Uid.Length == 0 || endpoint.PodUid.Length == 0 || pod.Uid == endpoint.PodUid)
        && (pod.NodeName.Length == 0 || pod.NodeName == _nodeName);

    private void OnEndpointChanged(LocalEndpoint endpoint)
    {
        _dirty.Add(endpoint.InterfaceName);
        if (_pods.TryGetValue(endpoint.Pod, out var pod))
        {
            _index.UpsertPod(WithEndpoints(pod));
        }
    }

    private PodView WithEndpoints(PodView pod)
    {
        if (!_interfaces.TryGetValue(pod.Name, out var interfaces))
        {
            return pod;
        }

        var (addresses, isAttached) = (pod.Addresses.Items, false);
        foreach (var name in interfaces)
        {
            if (_endpoints[name] is var endpoint && IsOf(endpoint, pod))
            {
                isAttached = true;
                foreach (var address in endpoint.Addresses)
                {
                    addresses = addresses.Contains(address) ? addresses : addresses.Add(address);
                }
            }
        }

        return isAttached ? pod with { Addresses = new(addresses), IsAttached = true } : pod;
    }

    private void Touch(NamespacedName pod)
    {
        foreach (var name in _interfaces.GetValueOrDefault(pod, []))
        {
            _dirty.Add(name);
        }
    }

    private void TouchAll(string home)
    {
        foreach (var (pod, interfaces) in _interfaces)
        {
            if (pod.Namespace == home)
            {
                _dirty.UnionWith(interfaces);
            }
        }
    }

    private void Touch(SmallSet<PodRecord> pods)
    {
        foreach (var pod in pods)
        {
            Touch(pod.View.Name);
        }
    }
}
