namespace Routing.Agent.Flows;

/// <summary>Why a reported flow was let through or not.</summary>
internal enum FlowReason
{
    /// <summary>The evaluator has not been asked: too many flows in one window.</summary>
    NotAsked,

    /// <summary>The policies as they are now say otherwise than the packets were told: they have changed meanwhile.</summary>
    Changed,

    /// <summary>A rule denies it.</summary>
    DeniedByRule,

    /// <summary>Policies isolate the pod, and no rule allows the flow.</summary>
    Isolated,

    /// <summary>No policy of a host endpoint allows it.</summary>
    ClosedHost,

    /// <summary>A rule allows it.</summary>
    AllowedByRule,

    /// <summary>No policy isolates the pod.</summary>
    NotIsolated,

    /// <summary>The source is not the pod's own address, or the pod is not known yet.</summary>
    ForeignSource,

    /// <summary>The pod is not known yet: it is closed.</summary>
    UnknownPod,

    /// <summary>It goes on with a connection that is not known, and that policies may have ended.</summary>
    Resumed,

    /// <summary>A rule asked for it to be written down.</summary>
    Logged,
}
