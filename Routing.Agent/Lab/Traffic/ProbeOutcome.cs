namespace Routing.Agent.Lab.Traffic;

/// <summary>What the packets of a probe did.</summary>
public enum ProbeOutcome
{
    /// <summary>The server that was meant answered.</summary>
    Answered,

    /// <summary>Nothing came back: what a packet filter that drops looks like.</summary>
    Silent,

    /// <summary>The host answered that nobody listens. No policy does this.</summary>
    Refused,

    /// <summary>A router answered that there is no way, or the kernel knows none. No policy does this.</summary>
    Unreachable,

    /// <summary>Another server answered than the one that has the address.</summary>
    Misdelivered,
}
