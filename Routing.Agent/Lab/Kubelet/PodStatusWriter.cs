using System.Globalization;
using System.Text.Json;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Routing.Agent.Lab.Plan;

namespace Routing.Agent.Lab.Kubelet;

/// <summary>Writes what kubelet would into the status of a node's pods.</summary>
internal sealed class PodStatusWriter(NodePlan node, Kubernetes client, TimeProvider time)
{
    private static readonly string[] ReadyConditions = ["PodScheduled", "Initialized", "ContainersReady", "Ready"];

    /// <summary>The pod runs and has these addresses.</summary>
    public Task WriteRunningAsync(V1Pod pod, PodSandbox sandbox, CancellationToken cancellationToken)
    {
        var now = Now();
        return PatchAsync(sandbox, new
        {
            phase = "Running",
            message = (string?)null,
            hostIP = node.Uplink.NodeV4.ToString(),
            hostIPs = node.Addresses.Select(address => new { ip = address.ToString() }),
            podIP = sandbox.Addresses is [var primary, ..] ? primary.ToString() : null,
            podIPs = sandbox.Addresses.Select(address => new { ip = address.ToString() }),
            startTime = now,
            conditions = ReadyConditions.Select(type => new { type, status = "True", lastTransitionTime = now }),
            containerStatuses = pod.Spec.Containers.Select(container => new
            {
                name = container.Name,
                image = container.Image ?? "",
                imageID = "",
                ready = true,
                started = true,
                restartCount = 0,
                state = new { running = new { startedAt = now } },
            }),
        }, cancellationToken);
    }

    /// <summary>The pod waits, for this reason.</summary>
    public Task WritePendingAsync(PodSandbox sandbox, string reason, CancellationToken cancellationToken) =>
        PatchAsync(sandbox, new { phase = "Pending", message = reason }, cancellationToken);

    /// <summary>The pod is off the network: what waits for it to end may go on.</summary>
    public async Task ConfirmDeletedAsync(PodSandbox sandbox, CancellationToken cancellationToken)
    {
        try
        {
            await client.CoreV1.DeleteNamespacedPodAsync(
                sandbox.Pod.Name, sandbox.Pod.Namespace,
                new V1DeleteOptions { GracePeriodSeconds = 0, Preconditions = new() { Uid = sandbox.PodUid } },
                cancellationToken: cancellationToken);
        }
        catch (HttpOperationException)
        {
            // Gone already, or a new pod has the name.
        }
    }

    private async Task PatchAsync(PodSandbox sandbox, object status, CancellationToken cancellationToken)
    {
        try
        {
            var patch = JsonSerializer.Serialize(new { metadata = new { uid = sandbox.PodUid }, status });
            await client.CoreV1.PatchNamespacedPodStatusAsync(
                new V1Patch(patch, V1Patch.PatchType.StrategicMergePatch), sandbox.Pod.Name, sandbox.Pod.Namespace,
                cancellationToken: cancellationToken);
        }
        catch (HttpOperationException)
        {
            // Deleted meanwhile, or replaced by another of its name (the UID is part of the patch): the watch will tell.
        }
    }

    private string Now() => time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
