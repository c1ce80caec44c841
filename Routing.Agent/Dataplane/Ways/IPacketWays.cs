using System.Collections.Immutable;
using Routing.Policy.Model;

namespace Routing.Agent.Dataplane.Ways;

/// <summary>Where packets of this host go, as it is while somebody looks. Not thread-safe.</summary>
internal interface IPacketWays : IDisposable
{
    /// <summary>True for an address at which packets are this host's own: also one of a whole block that it answers for (AnyIP), which no
    /// interface has.</summary>
    bool IsLocal(Address address);

    /// <summary>The interfaces by which such packets may leave: more than one where a route has several ways, none where it is not to
    /// be known.</summary>
    /// <exception cref="Netlink.NetlinkException">The kernel could not be asked.</exception>
    ImmutableArray<string> Towards(PacketWay way);
}
