namespace Routing.Policy.Compile;

/// <summary>The look-ups of a stage, in the order in which they are made: from what says most about a peer to what says
/// least, so that the first hit is the answer.</summary>
internal enum LookupKind : byte
{
    /// <summary>One address at one port.</summary>
    Flows,

    /// <summary>One address at a range of ports.</summary>
    FlowRanges,

    /// <summary>One address with messages of ICMP.</summary>
    Messages,

    /// <summary>One address.</summary>
    Peers,

    /// <summary>A range of addresses at ports.</summary>
    NetFlows,

    /// <summary>A range of addresses with messages of ICMP.</summary>
    NetMessages,

    /// <summary>A range of addresses.</summary>
    Nets,

    /// <summary>One port.</summary>
    Ports,

    /// <summary>A range of ports.</summary>
    PortRanges,

    /// <summary>Messages of ICMP.</summary>
    PortMessages,
}
