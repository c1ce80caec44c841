namespace Routing.Policy.Model;

/// <summary>Some of a Service's endpoints: an EndpointSlice.</summary>
/// <param name="Name">The slice's identity.</param>
/// <param name="Service">The name of its Service, of the same namespace.</param>
/// <param name="Addresses">The endpoints' addresses.</param>
/// <param name="Ports">The ports that all of them serve; names mean nothing here.</param>
public sealed record ServiceSliceView(
    NamespacedName Name, string Service, EquatableArray<Address> Addresses, EquatableArray<PortSpec.Numbers> Ports)
{
    /// <summary>The identity of its Service.</summary>
    public NamespacedName ServiceName => new(Name.Namespace, Service);
}
