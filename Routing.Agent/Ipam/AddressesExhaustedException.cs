namespace Routing.Agent.Ipam;

/// <summary>No address is free in the node's CIDRs of one family.</summary>
public sealed class AddressesExhaustedException(string message) : Exception(message);
