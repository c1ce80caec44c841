namespace Routing.Policy.Model;

/// <summary>A pod's interface on this node, known from CNI before the API server shows the pod's addresses.</summary>
/// <param name="InterfaceName">The host's side of the veth.</param>
/// <param name="Pod">The pod behind it.</param>
/// <param name="PodUid">The pod's UID; empty when the runtime gave none. A pod of the same name with another UID is not
/// it.</param>
/// <param name="Addresses">What the pod may send from, and what reaches it.</param>
public sealed record LocalEndpoint(
    string InterfaceName, NamespacedName Pod, string PodUid, EquatableArray<Address> Addresses);
