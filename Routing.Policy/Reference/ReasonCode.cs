namespace Routing.Policy.Reference;

/// <summary>Why one side of a flow is allowed or denied.</summary>
public enum ReasonCode
{
    /// <summary>A rule allows it.</summary>
    AllowedByRule,

    /// <summary>A rule denies it.</summary>
    DeniedByRule,

    /// <summary>A rule leaves it to the next tier.</summary>
    PassedByRule,

    /// <summary>No tier decides.</summary>
    NotIsolated,

    /// <summary>A policy isolates the pod, and no rule allows the flow.</summary>
    Isolated,

    /// <summary>A pod may always reach itself.</summary>
    SamePod,

    /// <summary>A node may always reach its own pods.</summary>
    OwnNode,

    /// <summary>This end is no pod that policies can select.</summary>
    NotAPod,

    /// <summary>The pod has finished: nothing sends or listens there.</summary>
    Finished,

    /// <summary>A port that host endpoints never close.</summary>
    Failsafe,

    /// <summary>No policy of a host endpoint decides, and what none decides is denied there.</summary>
    ClosedHost,

    /// <summary>One end has only IPv4 addresses, the other only IPv6 ones.</summary>
    NoCommonFamily,
}
