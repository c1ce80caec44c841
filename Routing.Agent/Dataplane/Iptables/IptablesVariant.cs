namespace Routing.Agent.Dataplane.Iptables;

/// <summary>One of the kinds of iptables on a host.</summary>
/// <param name="Flavour">By which names it is called.</param>
/// <param name="Version">As it says itself: "iptables v1.8.9 (nf_tables)".</param>
/// <param name="Rules">Rules that it holds, ours aside.</param>
/// <param name="IsKubelets">kubelet keeps its chains there (the marks that the project's own iptables wrappers look
/// for).</param>
internal sealed record IptablesVariant(IptablesFlavour Flavour, string Version, int Rules, bool IsKubelets);
