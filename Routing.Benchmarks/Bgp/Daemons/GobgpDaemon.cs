namespace Routing.Benchmarks.Bgp.Daemons;

/// <summary>GoBGP.</summary>
internal sealed class GobgpDaemon : BgpDaemon
{
    public override string Name => "gobgp";

    public override string Package => "gobgpd";

    public override string Program => "/usr/bin/gobgpd";

    public override string VersionArgument => "--version";

    public override IReadOnlyList<string> Configure(DaemonPlan plan, string folder) =>
    [
        "-t", "toml", "--api-hosts", $"unix://{Path.Combine(folder, "gobgp.sock")}", "--log-level", "error",
        "-f", Write(folder, "gobgpd.toml", $"""
            [global.config]
              as = {DaemonPlan.Asn}
              router-id = "{DaemonPlan.Address}"
              port = {DaemonPlan.Port}
              local-address-list = ["{DaemonPlan.Address}"]
            {(plan.Peers.Any(peer => peer.SendsOnly) ? ClosedExport(plan) : "")}
            {Each(plan, Neighbor)}
            """),
    ];

    private static string Neighbor(PeerPlan peer) => $"""
        [[neighbors]]
          [neighbors.config]
            neighbor-address = "{peer.Address}"
            peer-as = {peer.Asn}
          [neighbors.transport.config]
            passive-mode = true
            local-address = "{DaemonPlan.Address}"
          [neighbors.route-reflector.config]
            route-reflector-client = {(peer.IsInternal ? "true" : "false")}
            route-reflector-cluster-id = "{DaemonPlan.Address}"
          [[neighbors.afi-safis]]
            [neighbors.afi-safis.config]
              afi-safi-name = "ipv4-unicast"

        """;

    /// <summary>A policy of the whole speaker that looks at the neighbour: there is no other way but a route server's.</summary>
    private static string ClosedExport(DaemonPlan plan) => $"""
        [global.apply-policy.config]
          export-policy-list = ["nothing"]
          default-import-policy = "accept-route"
          default-export-policy = "accept-route"
        [[defined-sets.neighbor-sets]]
          neighbor-set-name = "senders"
          neighbor-info-list = [{string.Join(", ", plan.Peers.Where(peer => peer.SendsOnly).Select(peer => $"\"{peer.Address}/32\""))}]
        [[policy-definitions]]
          name = "nothing"
          [[policy-definitions.statements]]
            name = "nothing"
            [policy-definitions.statements.conditions.match-neighbor-set]
              neighbor-set = "senders"
              match-set-options = "any"
            [policy-definitions.statements.actions]
              route-disposition = "reject-route"
        """;
}
