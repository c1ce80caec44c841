using Routing.Policy.Model;
using Routing.Policy.Reference;
using Routing.Policy.Rules;

namespace Routing.Policy.Controller;

/// <content>Where ends of flows are.</content>
public sealed partial class NodePolicy
{
    /// <summary>What the last <see cref="Compile"/> gave.</summary>
    public Ruleset Compiled => _ruleset;

    /// <summary>Finds an end; null for a pod that is not known.</summary>
    public EndPlace? PlaceOf(FlowEnd end) => end switch
    {
        FlowEnd.Pod(var name) => _index.Pods.TryGetValue(name, out var pod) ? PlaceOf(pod.View) : PlaceOfUnknown(name),
        FlowEnd.Address(var address) => PlaceOf(address),
        _ => null,
    };

    private EndPlace PlaceOf(PodView pod)
    {
        if (pod.HostNetwork)
        {
            var own = pod.Addresses.Count > 0 ? pod.Addresses
                : _nodes.All.FirstOrDefault(node => node.Name == pod.NodeName)?.Addresses ?? [];
            return new EndPlace { Node = pod.NodeName, IsNode = true, Addresses = own.Items };
        }

        var endpoint = _interfaces.GetValueOrDefault(pod.Name, []).Order(StringComparer.Ordinal)
            .Select(name => _endpoints[name]).FirstOrDefault(one => IsOf(one, pod));
        return new EndPlace
        {
            Pod = pod.Name,
            Node = endpoint is null ? pod.NodeName : _nodeName,
            Interface = endpoint?.InterfaceName,
            IsOpen = endpoint is not null && IsOpen(endpoint.InterfaceName),
            Addresses = endpoint?.Addresses.Items ?? pod.Addresses.Items,
        };
    }

    /// <summary>An interface came before the pod did: it is closed.</summary>
    private EndPlace? PlaceOfUnknown(NamespacedName pod) =>
        _interfaces.TryGetValue(pod, out var interfaces) && _endpoints[interfaces.Order(StringComparer.Ordinal).First()] is var endpoint
            ? new EndPlace { Pod = pod, Node = _nodeName, Interface = endpoint.InterfaceName, Addresses = endpoint.Addresses.Items }
            : null;

    private EndPlace PlaceOf(Address address)
    {
        var owner = _index.Owner(address)?.View;
        var place = owner is null
            ? new EndPlace { Node = _nodes.OwnersOf(new HashSet<Address> { address }).FirstOrDefault()?.Name ?? "" }
            : PlaceOf(owner);
        return place with { Addresses = [address], IsNode = owner is null && place.Node.Length > 0 };
    }
}
