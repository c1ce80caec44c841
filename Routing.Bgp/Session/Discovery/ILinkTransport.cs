namespace Routing.Bgp.Session.Discovery;

/// <summary>Opens <see cref="ILinkSocket"/>s; tests put memory in its place.</summary>
internal interface ILinkTransport
{
    /// <summary>Opens an interface.</summary>
    /// <exception cref="IOException">There is no such interface, it has no link-local address yet, or opening it needs
    /// CAP_NET_RAW; one line.</exception>
    ILinkSocket Open(string interfaceName);
}
