namespace Routing.Bgp.Bfd;

/// <summary>Where a datagram came from.</summary>
/// <param name="From">Sender, and the port it was sent to.</param>
/// <param name="TimeToLive">TTL or hop limit on arrival.</param>
internal readonly record struct BfdOrigin(BfdPathKey From, int TimeToLive);
