using Routing.Policy.Model;

namespace Routing.Agent.Lab.Kubelet;

/// <summary>The CNI plugin refused a call.</summary>
internal sealed class CniFailureException(string command, NamespacedName? pod, string reason)
    : Exception($"CNI {command}{(pod is null ? "" : $" for {pod}")}: {reason}");
