using System.Collections.Immutable;
using System.Net;

namespace Routing.Benchmarks.Bgp;

/// <summary>What a daemon is started with: itself, and neighbours that connect to it.</summary>
/// <param name="Peers">The neighbours.</param>
internal sealed record DaemonPlan(ImmutableArray<PeerPlan> Peers)
{
    /// <summary>The daemon's AS.</summary>
    public const int Asn = 65000;

    /// <summary>The port it listens on: it has a network namespace of its own.</summary>
    public const int Port = 179;

    /// <summary>The daemon's address.</summary>
    public static IPAddress Address { get; } = IPAddress.Parse("10.99.200.1");

    /// <summary>The addresses of daemon and neighbours, on one link.</summary>
    public const string Subnet = "10.99.0.0/16";

    /// <summary>The neighbours' part.</summary>
    public const string NeighborSubnet = "10.99.0.0/17";

    /// <summary>A neighbour's address.</summary>
    public static IPAddress AddressOf(int number) => new([10, 99, (byte)(1 + (number >> 8)), (byte)number]);
}
