using System.Net;

namespace Routing.Benchmarks.Policy.Packets;

/// <summary>A pod that packets go to.</summary>
/// <param name="Policies">How many policies select it.</param>
/// <param name="Number">Its place among the servers.</param>
internal sealed record PacketServer(int Policies, byte Number)
{
    /// <summary>All of them, that of the fewest policies first.</summary>
    public static IReadOnlyList<PacketServer> All { get; } =
        [.. new[] { 1, 10, 100, 1000, 5000 }.Select((policies, i) => new PacketServer(policies, (byte)(i + 2)))];

    /// <summary>Its name, and its label.</summary>
    public string Role => $"server{Policies}";

    /// <summary>Its address.</summary>
    public IPAddress Address => new([10, 1, 0, Number]);
}
