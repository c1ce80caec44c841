using Routing.Agent.Attachments;
using Routing.Cni.Protocol;

namespace Routing.Agent.Cni;

/// <summary>CHECK: the attachment is as its ADD said, in our records and in the kernel.</summary>
internal sealed class CheckHandler(AttachmentService attachments) : ICniHandler
{
    public async Task<CniReply> HandleAsync(CniRequest request, CancellationToken cancellationToken)
    {
        var key = RequestReader.ReadKey(request);
        if (await attachments.CheckAsync(key, cancellationToken) is not ({ } attachment, { } inKernel))
        {
            throw new CniFailureException(CniErrorCode.UnknownContainer,
                $"the container {key.ContainerId} has no interface {key.IfName} of ours");
        }

        var differences = Compare(request, ResultBuilder.Build(attachment)).Concat(inKernel).ToList();
        return differences.Count == 0
            ? new CniReply { Done = new Done() }
            : CniFailureException.Reply(CniErrorCode.AttachmentDiffers,
                $"{attachment.Pod} is not as its ADD left it: {differences[0]}", string.Join("; ", differences));
    }

    /// <summary>What prevResult says otherwise than our record. Later plugins of the list may have added to it, so only
    /// what we gave is looked for.</summary>
    private static IEnumerable<string> Compare(CniRequest request, Result ours)
    {
        var theirs = request.PreviousResult ?? new Result();
        if (request.Netns != ours.Interfaces[^1].Sandbox)
        {
            yield return $"it was attached to {ours.Interfaces[^1].Sandbox}, not to {request.Netns}";
        }

        foreach (var each in ours.Interfaces)
        {
            if (!theirs.Interfaces.Any(their =>
                their.Name == each.Name && their.Sandbox == each.Sandbox && IsSameMac(their.Mac, each.Mac)))
            {
                yield return $"prevResult lacks the interface {each.Name} ({each.Mac})";
            }
        }

        foreach (var each in ours.Ips)
        {
            if (!theirs.Ips.Any(their => their.Address == each.Address))
            {
                yield return $"prevResult lacks the address {each.Address}";
            }
        }
    }

    private static bool IsSameMac(string theirs, string ours) =>
        theirs.Length == 0 || string.Equals(theirs, ours, StringComparison.OrdinalIgnoreCase);
}
