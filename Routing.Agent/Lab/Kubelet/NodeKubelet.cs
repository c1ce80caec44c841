using System.Collections.Concurrent;
using System.Net.Sockets;
using k8s.Models;
using Routing.Agent.Dataplane;
using Routing.Agent.Lab.Cluster;
using Routing.Agent.Lab.Namespaces;
using Routing.Agent.Lab.Plan;
using Routing.Agent.Lab.Traffic;
using Routing.Agent.Netlink;
using Routing.Policy.Model;

namespace Routing.Agent.Lab.Kubelet;

/// <summary>Runs one node's pods: compares the pods bound to the node with the sandboxes it has, and makes or removes what
/// differs, one at a time. A pod that cannot be wired is tried again, as kubelet does.</summary>
internal sealed class NodeKubelet(
    NodePlan node, ClusterMirror mirror, LabNamespaces namespaces, CniRuntime cni, PodStatusWriter status, TimeProvider time)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan StatusPollInterval = TimeSpan.FromMilliseconds(30);

    private readonly ConcurrentDictionary<NamespacedName, PodSandbox> _sandboxes = new();
    private readonly ConcurrentQueue<TimeSpan> _addDurations = new();
    private readonly WakeSignal _wake = new();

    /// <summary>The pods that are wired. Safe to read from any thread.</summary>
    public IReadOnlyDictionary<NamespacedName, PodSandbox> Sandboxes => _sandboxes;

    /// <summary>How long each ADD took.</summary>
    public IReadOnlyCollection<TimeSpan> AddDurations => _addDurations;

    /// <summary>Called after pods came or went.</summary>
    public Action? Changed { get; set; }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!await cni.IsReadyAsync(cancellationToken))
        {
            await Task.Delay(StatusPollInterval, time, cancellationToken); // as runtimes do: no ADD before STATUS succeeds
        }

        mirror.Subscribe(_ => _wake.Set());
        while (true)
        {
            var done = await ReconcileAsync(mirror.Snapshot, cancellationToken);
            if (!done)
            {
                await Task.Delay(RetryDelay, time, cancellationToken);
                _wake.Set();
            }

            await _wake.WaitAsync(cancellationToken);
        }
    }

    /// <returns>False when something is left to try again.</returns>
    private async Task<bool> ReconcileAsync(ClusterSnapshot snapshot, CancellationToken cancellationToken)
    {
        var done = true;
        var changed = false;
        foreach (var sandbox in _sandboxes.Values)
        {
            var pod = snapshot.Pods.GetValueOrDefault(sandbox.Pod);
            if (pod?.Metadata.Uid != sandbox.PodUid || pod.Metadata.DeletionTimestamp is not null)
            {
                changed = true;
                done &= await TryAsync(() => StopAsync(sandbox, pod, cancellationToken), sandbox, cancellationToken);
            }
        }

        foreach (var pod in snapshot.Pods.Values)
        {
            var name = new NamespacedName(pod.Metadata.NamespaceProperty, pod.Metadata.Name);
            if (pod.Spec.NodeName == node.Name && pod.Metadata.DeletionTimestamp is null && !_sandboxes.ContainsKey(name))
            {
                var sandbox = new PodSandbox(pod);
                if (pod.Spec.HostNetwork == true)
                {
                    // No runtime calls CNI for it; and nothing of it runs here, so nothing is left to do.
                    await RefuseAsync(pod, sandbox, cancellationToken);
                    continue;
                }

                changed = true;
                done &= await TryAsync(() => StartAsync(pod, sandbox, cancellationToken), sandbox, cancellationToken);
            }
        }

        if (changed)
        {
            Changed?.Invoke();
        }

        return done;
    }

    private async Task StartAsync(V1Pod pod, PodSandbox sandbox, CancellationToken cancellationToken)
    {
        var inside = namespaces.Create(sandbox.NamespaceName);
        try
        {
            (sandbox.Addresses, var duration) = await cni.AddAsync(sandbox, cancellationToken);
            _addDurations.Enqueue(duration);
            sandbox.Servers = TrafficServer.Open(inside, sandbox.Pod.ToString(), sandbox.Addresses, ServerPort.Of(pod));
        }
        catch
        {
            // A failed ADD is followed by a DEL (CNI 1.1.0 §2), then the namespace may go.
            await TryAsync(() => cni.DelAsync(sandbox, CancellationToken.None), sandbox, CancellationToken.None);
            namespaces.Delete(sandbox.NamespaceName);
            throw;
        }

        _sandboxes[sandbox.Pod] = sandbox;
        await status.WriteRunningAsync(pod, sandbox, cancellationToken);
    }

    private async Task StopAsync(PodSandbox sandbox, V1Pod? pod, CancellationToken cancellationToken)
    {
        if (sandbox.Servers is { } servers)
        {
            await servers.DisposeAsync();
            sandbox.Servers = null;
        }

        await cni.DelAsync(sandbox, cancellationToken);
        namespaces.Delete(sandbox.NamespaceName);
        _sandboxes.TryRemove(sandbox.Pod, out _);
        if (pod?.Metadata.Uid == sandbox.PodUid)
        {
            await status.ConfirmDeletedAsync(sandbox, cancellationToken);
        }
    }

    private async Task RefuseAsync(V1Pod pod, PodSandbox sandbox, CancellationToken cancellationToken)
    {
        const string reason = "the lab runs no pods with hostNetwork";
        if (pod.Status?.Message != reason)
        {
            await status.WritePendingAsync(sandbox, reason, cancellationToken);
        }
    }

    private async Task<bool> TryAsync(Func<Task> work, PodSandbox sandbox, CancellationToken cancellationToken)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception error) when (error is CniFailureException or LabException or NetlinkException or SocketException)
        {
            await status.WritePendingAsync(sandbox, error.Message, cancellationToken);
            return false;
        }
    }
}
