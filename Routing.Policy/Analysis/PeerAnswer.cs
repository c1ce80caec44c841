using Routing.Policy.Rules;

namespace Routing.Policy.Analysis;

/// <summary>What one side lets through, from or to a part of the classes that it does not tell apart.</summary>
/// <param name="Peer">The first of them.</param>
/// <param name="Family">Over which IP version.</param>
/// <param name="Allowed">The ports.</param>
public readonly record struct PeerAnswer(EndClass Peer, IpFamily? Family, PortSet Allowed);
