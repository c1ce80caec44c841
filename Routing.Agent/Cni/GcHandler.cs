using Routing.Agent.Attachments;
using Routing.Cni.Protocol;

namespace Routing.Agent.Cni;

/// <summary>GC: attachments of the network that the runtime does not list go; others stay.</summary>
internal sealed class GcHandler(AttachmentService attachments) : ICniHandler
{
    public async Task<CniReply> HandleAsync(CniRequest request, CancellationToken cancellationToken)
    {
        var valid = request.ValidAttachments
            .Select(each => new AttachmentKey(each.ContainerId, each.IfName)).ToHashSet();
        try
        {
            await attachments.DetachAllExceptAsync(RequestReader.ReadNetwork(request), valid, cancellationToken);
        }
        catch (AggregateException e)
        {
            throw new CniFailureException(CniErrorCode.KernelRefused,
                $"{e.InnerExceptions.Count} attachments could not be removed; the next GC tries again",
                string.Join("; ", e.InnerExceptions.Select(each => each.Message)));
        }

        return new CniReply { Done = new Done() };
    }
}
