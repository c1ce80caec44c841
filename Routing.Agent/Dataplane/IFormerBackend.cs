namespace Routing.Agent.Dataplane;

/// <summary>A back end that is not in use: what it may have left, from an agent that was told otherwise.</summary>
internal interface IFormerBackend
{
    /// <summary>For the log.</summary>
    string Name { get; }

    /// <summary>True when its rules see packets.</summary>
    bool IsInForce();

    /// <summary>Removes what it left.</summary>
    /// <returns>False when there was nothing.</returns>
    /// <exception cref="Netlink.NetlinkException">The kernel refused.</exception>
    /// <exception cref="Iptables.ProgramException">A program failed.</exception>
    bool Remove();
}
