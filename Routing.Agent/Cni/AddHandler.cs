using Routing.Agent.Attachments;
using Routing.Cni.Protocol;

namespace Routing.Agent.Cni;

/// <summary>ADD: the pod is on the network, behind its rules, or nothing has changed.</summary>
internal sealed class AddHandler(AttachmentService attachments) : ICniHandler
{
    public async Task<CniReply> HandleAsync(CniRequest request, CancellationToken cancellationToken)
    {
        var attachment = await attachments.AttachAsync(RequestReader.ReadAttachment(request), cancellationToken);
        return new CniReply { Result = ResultBuilder.Build(attachment) };
    }
}
