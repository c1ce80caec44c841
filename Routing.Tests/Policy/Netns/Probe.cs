using Routing.Policy.Model;

namespace Routing.Tests.Policy.Netns;

/// <summary>One packet to send and to look for.</summary>
internal readonly record struct Probe(Address From, Address To, TransportProtocol Protocol, ushort Port);
