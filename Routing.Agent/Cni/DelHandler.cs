using Routing.Agent.Attachments;
using Routing.Cni.Protocol;

namespace Routing.Agent.Cni;

/// <summary>DEL: what there is of the attachment goes. Needs neither namespace nor record, and may be
/// repeated.</summary>
internal sealed class DelHandler(AttachmentService attachments) : ICniHandler
{
    public async Task<CniReply> HandleAsync(CniRequest request, CancellationToken cancellationToken)
    {
        await attachments.DetachAsync(RequestReader.ReadKey(request), cancellationToken);
        return new CniReply { Done = new Done() };
    }
}
