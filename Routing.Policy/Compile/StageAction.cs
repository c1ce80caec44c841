namespace Routing.Policy.Compile;

/// <summary>What a <see cref="Stage"/> says of a packet.</summary>
internal enum StageAction : byte
{
    /// <summary>Allowed, and no later tier is asked.</summary>
    Allow,

    /// <summary>Denied, and no later tier is asked.</summary>
    Deny,

    /// <summary>Left to the next tier.</summary>
    Pass,

    /// <summary>Left to the next stage of the tier; in a stage that logs: not logged.</summary>
    Skip,

    /// <summary>Logged, and judged all the same.</summary>
    Log,
}
