namespace Routing.Tests.Bgp.Simulation;

/// <summary>What the other end of a session is to us.</summary>
internal enum SimRole
{
    Peer,

    /// <summary>Our client: we reflect for it (RFC 4456).</summary>
    Client,

    /// <summary>It reflects for us.</summary>
    Reflector,
}
