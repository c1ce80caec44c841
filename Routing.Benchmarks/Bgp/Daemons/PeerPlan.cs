using System.Net;

namespace Routing.Benchmarks.Bgp;

/// <summary>A neighbour as every daemon is configured with it.</summary>
/// <param name="Name">In configurations and messages.</param>
/// <param name="Address">On the daemon's link.</param>
/// <param name="Asn">Two octets.</param>
internal sealed record PeerPlan(string Name, IPAddress Address, int Asn)
{
    /// <summary>iBGP, and then always a client of the daemon as a route reflector.</summary>
    public bool IsInternal => Asn == DaemonPlan.Asn;

    /// <summary>It is told nothing: export is closed towards it.</summary>
    public bool SendsOnly { get; init; }

    /// <summary>An eBGP neighbour.</summary>
    public static PeerPlan External(string name, int number) =>
        new($"{name}{number}", DaemonPlan.AddressOf(number), 65000 + number);

    /// <summary>A route reflector's client.</summary>
    public static PeerPlan Client(int number) => new($"client{number}", DaemonPlan.AddressOf(number), DaemonPlan.Asn);
}
