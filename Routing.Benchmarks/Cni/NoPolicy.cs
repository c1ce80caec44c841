using Routing.Agent.Attachments;
using Routing.Agent.Dataplane;

namespace Routing.Benchmarks.Cni;

/// <summary>No packet filter: what an ADD costs without its rules (`--without-policy`).</summary>
internal sealed class NoPolicy : IPodPolicy
{
    public Task CommitAsync(Attachment attachment, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task RemoveAsync(AttachmentKey key, CancellationToken cancellationToken) => Task.CompletedTask;
}
