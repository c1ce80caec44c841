using Routing.Agent.Attachments;
using Routing.Cni.Protocol;

namespace Routing.Agent.Cni;

/// <summary>STATUS: whether an ADD could be served. Exhausted CIDRs are no reason to say no: the runtime would call the
/// whole node not ready, with all its pods.</summary>
internal sealed class StatusHandler(INodeState node) : ICniHandler
{
    public Task<CniReply> HandleAsync(CniRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(node.NotReadyReason is { } reason
            ? CniFailureException.Reply(CniErrorCode.PluginNotAvailable, $"the agent is not ready: {reason}")
            : new CniReply { Done = new Done() });
}
