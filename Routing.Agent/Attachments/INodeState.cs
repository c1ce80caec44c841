using System.Net;

namespace Routing.Agent.Attachments;

/// <summary>What attaching pods needs to know of the agent. Read at every call, from any thread.</summary>
public interface INodeState
{
    /// <summary>Node.spec.podCIDRs as last read; empty until then.</summary>
    IReadOnlyList<IPNetwork> PodCidrs { get; }

    /// <summary>Why no pod may be attached yet, as in "the policies have not been read yet"; null when one
    /// may.</summary>
    string? NotReadyReason { get; }
}
