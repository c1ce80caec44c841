namespace Routing.Agent.Netlink.Route;

/// <summary>What became of a <see cref="RouteChange"/>.</summary>
/// <param name="Changed">False when the kernel already was as asked (something to add was there, something to remove
/// was not), and when it refused.</param>
/// <param name="Error">Why the kernel refused, or null.</param>
public readonly record struct RouteOutcome(bool Changed, NetlinkException? Error = null);
