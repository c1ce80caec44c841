using Routing.Policy.Model;

namespace Routing.Agent.Dataplane.Ways;

/// <summary>What routing decides by.</summary>
/// <param name="Destination">Where packets go.</param>
/// <param name="Source">Where they come from; null for anywhere.</param>
/// <param name="Input">The interface by which they came in; null for packets of this host.</param>
internal readonly record struct PacketWay(Address Destination, Address? Source, string? Input);
