using System.Net;

namespace Routing.Agent.Lab.Traffic;

/// <summary>One flow to try.</summary>
/// <param name="From">Who opens it.</param>
/// <param name="Source">From which address.</param>
/// <param name="To">Who shall answer.</param>
/// <param name="Destination">To which address.</param>
/// <param name="Port">To which port.</param>
internal sealed record Probe(ProbeEndpoint From, IPAddress Source, ProbeEndpoint To, IPAddress Destination, ServerPort Port)
{
    /// <summary>"shop/cart -> bank/gateway tcp/8443 (IPv6)".</summary>
    public override string ToString() =>
        $"{From.Name} -> {To.Name} {Port} ({(Destination.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? "IPv4" : "IPv6")})";
}
