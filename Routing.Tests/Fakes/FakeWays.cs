using System.Collections.Immutable;
using Routing.Agent.Dataplane.Ways;
using Routing.Policy.Model;

namespace Routing.Tests.Fakes;

/// <summary>A host with these addresses, whose routes a test says.</summary>
internal sealed class FakeWays(params string[] addresses) : IPacketWays
{
    private readonly HashSet<Address> _addresses = [.. addresses.Select(Address.Parse)];

    /// <summary>The routes; without any nothing is known of an interface.</summary>
    public Func<PacketWay, ImmutableArray<string>> Routes { get; init; } = _ => [];

    public bool IsLocal(Address address) => _addresses.Contains(address);

    public ImmutableArray<string> Towards(PacketWay way) => Routes(way);

    public void Dispose()
    {
    }
}
