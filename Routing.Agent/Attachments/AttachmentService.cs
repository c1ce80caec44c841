using Routing.Agent.Dataplane;
using Routing.Agent.Ipam;

namespace Routing.Agent.Attachments;

/// <summary>Attaches pods to this node and takes them off: addresses, wiring, rules and record together, or none of
/// them.
/// </summary>
/// <remarks>
/// Thread-safe; calls for one container run one after the other. What can go wrong and is handled:
/// a second ADD of the same interface (the same answer), an ADD that fails at any step (nothing is left), an undo that
/// fails too (address and record stay until the DEL), an agent killed between two steps (<see cref="Reconcile"/>), a
/// DEL without record, namespace or interface (succeeds), interfaces whose records were lost (their addresses are not
/// given out again).
/// </remarks>
public sealed partial class AttachmentService : IDisposable
{
    private const int WiringThreads = 4;

    private readonly AttachmentOptions _options;
    private readonly AttachmentStore _store;
    private readonly INodeState _node;
    private readonly IPodPolicy _policy;
    private readonly PodWiring _wiring;
    private readonly IPodKernel _kernel;
    private readonly TimeProvider _time;
    private readonly ILogger<AttachmentService> _logger;
    private readonly PodIpam _ipam = new();
    private readonly KeyedLock<string> _containers = new();
    private readonly KernelThreads _threads = new(WiringThreads); // the pool's have BGP timers to serve

    /// <param name="options">MTU.</param>
    /// <param name="store">The records; the packet filter's owner reads them too.</param>
    /// <param name="node">CIDRs and readiness.</param>
    /// <param name="policy">The packet filter.</param>
    /// <param name="kernel">Namespaces and netlink.</param>
    /// <param name="time">For the times that are logged.</param>
    /// <param name="logger">Where attachments are logged.</param>
    public AttachmentService(
        AttachmentOptions options, AttachmentStore store, INodeState node, IPodPolicy policy, IPodKernel kernel,
        TimeProvider time, ILogger<AttachmentService> logger)
    {
        (_options, _store, _node, _policy, _kernel, _time, _logger) =
            (options, store, node, policy, kernel, time, logger);
        _wiring = new PodWiring(kernel);
    }

    /// <summary>The node's attachments, as of now.</summary>
    public AttachmentStore Store => _store;

    /// <summary>Makes the attachment, or finds it made. Returns once the pod's rules are in the kernel (DESIGN.md §1,
    /// promise 1); cancelling undoes what was done.</summary>
    /// <exception cref="NotReadyException">The agent does not know enough yet.</exception>
    /// <exception cref="AddressesExhaustedException">A pod CIDR is full.</exception>
    /// <exception cref="PodUnknownException">The pod's rules cannot be made.</exception>
    /// <exception cref="InterfaceTakenException">The container has another interface of that name.</exception>
    /// <exception cref="InvalidNamespaceException">There is no such namespace.</exception>
    /// <exception cref="Netlink.NetlinkException">The kernel refused.</exception>
    public async Task<Attachment> AttachAsync(AttachmentRequest request, CancellationToken cancellationToken)
    {
        using var turn = await _containers.EnterAsync(request.Key.ContainerId, cancellationToken);
        if (_node.NotReadyReason is { } reason)
        {
            throw new NotReadyException(reason);
        }

        _ipam.UseCidrs(_node.PodCidrs);
        var started = _time.GetTimestamp();
        PodAddresses? keep = null;
        if (_store.Find(request.Key) is { } known)
        {
            if (known.IsComplete && IsSame(known.Attachment, request)
                && (await OnWiringThread(() => _wiring.Differences(known.Attachment))).Count == 0)
            {
                await _policy.CommitAsync(known.Attachment, cancellationToken);
                return known.Attachment;
            }

            // Half there, or the container of this id was made anew: start over, with the same addresses.
            keep = new PodAddresses(known.Attachment.IPv4, known.Attachment.IPv6);
            await DetachLockedAsync(request.Key, releaseAddresses: false, cancellationToken);
        }

        var attachment = await MakeAsync(request, keep, cancellationToken);
        LogAttached(attachment.Pod.ToString(), attachment.Key.ContainerId, attachment.HostInterface,
            string.Join(' ', attachment.Addresses), _time.GetElapsedTime(started).TotalMilliseconds);
        return attachment;
    }

    /// <summary>Takes the attachment away; also one that is not there, or only partly.</summary>
    /// <exception cref="Netlink.NetlinkException">The kernel refused; asking again goes on from there.</exception>
    public async Task DetachAsync(AttachmentKey key, CancellationToken cancellationToken)
    {
        using var turn = await _containers.EnterAsync(key.ContainerId, cancellationToken);
        await DetachLockedAsync(key, releaseAddresses: true, cancellationToken);
    }

    /// <summary>Compares an attachment with the kernel.</summary>
    /// <returns>The attachment and a sentence for each difference; null when there is no such attachment.</returns>
    public async Task<(Attachment Attachment, IReadOnlyList<string> Differences)?> CheckAsync(
        AttachmentKey key, CancellationToken cancellationToken)
    {
        using var turn = await _containers.EnterAsync(key.ContainerId, cancellationToken);
        return _store.Find(key) is { IsComplete: true, Attachment: var attachment }
            ? (attachment, await OnWiringThread(() => _wiring.Differences(attachment)))
            : null;
    }

    /// <summary>Takes away the attachments of a network that are not in a list.</summary>
    /// <exception cref="AggregateException">Some could not be taken away; the others were.</exception>
    public async Task DetachAllExceptAsync(
        string network, IReadOnlySet<AttachmentKey> valid, CancellationToken cancellationToken)
    {
        List<Exception> failures = [];
        foreach (var (attachment, wasComplete) in _store.All())
        {
            if (attachment.Network != network || valid.Contains(attachment.Key))
            {
                continue;
            }

            try
            {
                using var turn = await _containers.EnterAsync(attachment.Key.ContainerId, cancellationToken);
                // One that was half made may have been an ADD on its way, which the runtime did not know when it made
                // its list. Only what nobody works on any more and is half made still is what an undo had to leave.
                if (_store.Find(attachment.Key) is { } now && now.IsComplete == wasComplete)
                {
                    LogGarbage(attachment.Pod.ToString(), attachment.Key.ContainerId, attachment.HostInterface);
                    await DetachLockedAsync(attachment.Key, releaseAddresses: true, cancellationToken);
                }
            }
            catch (Netlink.NetlinkException e)
            {
                failures.Add(e);
            }
        }

        if (failures.Count > 0)
        {
            throw new AggregateException(failures);
        }
    }

    /// <summary>Ends the threads; after the last call.</summary>
    public void Dispose() => _threads.Dispose();

    private async Task<Attachment> MakeAsync(
        AttachmentRequest request, PodAddresses? keep, CancellationToken cancellationToken)
    {
        var undo = new UndoStack();
        try
        {
            var addresses = keep ?? _ipam.Allocate();
            undo.Push(() => _ipam.Release(addresses.All));
            if (!addresses.All.Any())
            {
                throw new NotReadyException("the node has no pod CIDR yet");
            }

            var attachment = Describe(request, addresses);
            undo.Push(() => _store.Remove(attachment.Key));
            _store.Begin(attachment);

            // Side by side: the rules go by the interface's name, which is known before the interface is there, and
            // what has no rules yet is dropped by the table's last rule. Both end before anything is undone.
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            undo.Push(() => _policy.RemoveAsync(attachment.Key, CancellationToken.None));
            var rules = CommitAsync(attachment, stop.Token);
            undo.Push(() => OnWiringThread(() => _wiring.Unwire(attachment.HostInterface)));
            var wiring = OnWiringThread(() =>
            {
                _wiring.Wire(attachment);
                return true;
            });
            await FirstFailureAsync(wiring, rules, stop);
            cancellationToken.ThrowIfCancellationRequested();
            _store.Finish(attachment);
            undo.Clear();
            return attachment;
        }
        catch (Exception failure)
        {
            await UndoAsync(undo, request, failure);
            throw;
        }
    }

    private async Task CommitAsync(Attachment attachment, CancellationToken cancellationToken)
    {
        await Task.Yield(); // the wiring does not wait for what a policy does before its first await
        await _policy.CommitAsync(attachment, cancellationToken);
    }

    /// <summary>Waits for both; when one fails the other is told to stop, and the failure that came first is
    /// thrown.</summary>
    private static async Task FirstFailureAsync(Task wiring, Task rules, CancellationTokenSource stop)
    {
        var first = await Task.WhenAny(wiring, rules);
        if (!first.IsCompletedSuccessfully)
        {
            await stop.CancelAsync();
        }

        await Task.WhenAll(wiring, rules).ContinueWith(
            _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await first;
        await wiring;
        await rules;
    }

    private async Task UndoAsync(UndoStack undo, AttachmentRequest request, Exception failure)
    {
        LogFailed(request.Pod.ToString(), request.Key.ContainerId, failure.Message);
        try
        {
            await undo.RunAsync();
        }
        catch (Exception e) when (e is Netlink.NetlinkException or IOException)
        {
            LogUndoFailed(e, request.Pod.ToString(), request.Key.ContainerId);
        }
    }

    private async Task DetachLockedAsync(AttachmentKey key, bool releaseAddresses, CancellationToken cancellationToken)
    {
        // The interface first: while it is there, so are its rules. Then what would keep its address from others.
        var hostInterface = key.HostInterface();
        var known = _store.Find(key);
        var wasThere = await OnWiringThread(() => _wiring.Unwire(hostInterface));
        await _policy.RemoveAsync(key, cancellationToken);
        _store.Remove(key);
        if (releaseAddresses)
        {
            _ipam.Release(known?.Attachment.Addresses ?? TakeOrphan(hostInterface) ?? []);
        }

        if (wasThere || known is not null)
        {
            LogDetached(known?.Attachment.Pod.ToString() ?? "", key.ContainerId, hostInterface);
        }
    }

    private Attachment Describe(AttachmentRequest request, PodAddresses addresses) => new()
    {
        Key = request.Key,
        Pod = request.Pod,
        PodUid = request.PodUid,
        NetnsPath = request.NetnsPath,
        Network = request.Network,
        Mtu = request.Mtu > 0 ? request.Mtu : _options.Mtu,
        HostInterface = request.Key.HostInterface(),
        ContainerMac = request.Key.ContainerMac(),
        IPv4 = addresses.IPv4,
        IPv6 = addresses.IPv6,
    };

    private static bool IsSame(Attachment known, AttachmentRequest request) =>
        known.NetnsPath == request.NetnsPath && known.Pod == request.Pod && known.PodUid == request.PodUid;

    private Task<T> OnWiringThread<T>(Func<T> work) => _threads.RunAsync(work);
}
