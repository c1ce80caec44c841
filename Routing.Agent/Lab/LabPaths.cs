namespace Routing.Agent.Lab;

/// <summary>Where a lab keeps its files (DESIGN.md §8).</summary>
/// <param name="Root">The folder of the lab.</param>
public sealed record LabPaths(string Root)
{
    /// <summary>The one lab of this machine.</summary>
    public static LabPaths Default { get; } = new("/run/routing/lab");

    /// <summary>What the lab has made, for `lab down`.</summary>
    public string StateFile => Path.Combine(Root, "state.json");

    /// <summary>Locked for as long as a lab runs; the kernel unlocks it when the lab dies.</summary>
    public string LockFile => Path.Combine(Root, "lock");

    /// <summary>For kubectl.</summary>
    public string Kubeconfig => Path.Combine(Root, "kubeconfig");

    /// <summary>The ToR's configuration, sockets and log.</summary>
    public string TorFolder => Path.Combine(Root, Plan.LabPlan.TorName);

    /// <summary>A node's folder: the agent's --state-dir.</summary>
    public string NodeFolder(string node) => Path.Combine(Root, node);

    /// <summary>The shim's way to the node's agent.</summary>
    public string CniSocket(string node) => Path.Combine(Root, node, "cni.sock");

    /// <summary>The node's CNI configuration, as kubelet would read it from /etc/cni/net.d.</summary>
    public string Conflist(string node) => Path.Combine(Root, node, "10-routing.conflist");

    /// <summary>The operator's way to the node's agent.</summary>
    public string AgentSocket(string node) => Path.Combine(Root, node, "agent.sock");

    /// <summary>What the controller prints.</summary>
    public string ControllerLog => Path.Combine(Root, "controller.log");

    /// <summary>What the node's agent prints.</summary>
    public string AgentLog(string node) => Path.Combine(Root, node, "agent.log");
}
