namespace Routing.Policy.Model;

/// <summary>An interface of this node, which host endpoints may mean by its addresses.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Addresses">Its addresses.</param>
public sealed record HostInterface(string Name, EquatableArray<Address> Addresses);
