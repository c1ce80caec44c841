namespace Routing.Agent.Dataplane.Barrier;

/// <summary>How packets were waited for.</summary>
internal enum PacketBarrierKind
{
    /// <summary>Not at all: the kernel has no way for us.</summary>
    None,

    /// <summary>We ran on each processor.</summary>
    Visits,

    /// <summary>By RCU.</summary>
    GracePeriod,
}
