using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Agent.Netlink.Netfilter;

/// <summary>The connections that the kernel tracks in one network namespace.</summary>
public interface IConntrack : IDisposable
{
    /// <summary>Reads the connections of an IP version, and keeps those that are wanted.</summary>
    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="wanted">Looks at each while it is read: there may be hundreds of thousands.</param>
    /// <exception cref="NetlinkException">The kernel could not be read.</exception>
    IReadOnlyList<ConntrackEntry> List(IpFamily family, Predicate<ConntrackEntry> wanted);

    /// <summary>Reads the connections that one end began or answers, as the kernel finds them.</summary>
    /// <inheritdoc cref="List(IpFamily, Predicate{ConntrackEntry})"/>
    IReadOnlyList<ConntrackEntry> List(Address end, Predicate<ConntrackEntry> wanted);

    /// <summary>Removes connections; those that ended meanwhile are no error. The next packet of a removed one begins a new
    /// one, and meets the rules.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="NetlinkException">The kernel refused some of them.</exception>
    int Delete(IReadOnlyList<ConntrackEntry> entries);
}
