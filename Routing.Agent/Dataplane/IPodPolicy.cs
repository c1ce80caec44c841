using Routing.Agent.Attachments;

namespace Routing.Agent.Dataplane;

/// <summary>The packet filter as the CNI server sees it: a pod's rules are in the kernel before its ADD returns
/// (DESIGN.md §1, promise 1).</summary>
public interface IPodPolicy
{
    /// <summary>Completes when the rules of the attachment's pod are committed. The interface need not exist
    /// yet.</summary>
    /// <exception cref="PodUnknownException">The API server does not know the pod, or could not be asked in
    /// time.</exception>
    Task CommitAsync(Attachment attachment, CancellationToken cancellationToken);

    /// <summary>Completes when nothing of the attachment is left in the packet filter; also for one that never was
    /// there. While no transaction can be made it completes before: what is left opens nothing to anybody else
    /// (<see cref="CommitWaiters"/>). The attachment's interface has to be gone.</summary>
    Task RemoveAsync(AttachmentKey key, CancellationToken cancellationToken);
}
