using System.Collections.Immutable;
using Routing.Agent.Netlink;

namespace Routing.Agent.Dataplane.Fib;

/// <summary>What one <see cref="RouteTable.Apply"/> did.</summary>
/// <param name="Written">Routes added or replaced.</param>
/// <param name="Removed">Routes that went.</param>
/// <param name="Failures">Routes the kernel refused; they are still to do.</param>
internal sealed record RouteTableChange(int Written, int Removed, ImmutableArray<NetlinkException> Failures)
{
    /// <summary>The kernel already was as wanted.</summary>
    public static RouteTableChange None { get; } = new(0, 0, []);
}
