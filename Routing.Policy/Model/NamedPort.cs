namespace Routing.Policy.Model;

/// <summary>A container port with a name.</summary>
public sealed record NamedPort(string Name, TransportProtocol Protocol, ushort Number);
