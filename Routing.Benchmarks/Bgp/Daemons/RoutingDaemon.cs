namespace Routing.Benchmarks.Bgp.Daemons;

/// <summary>`routing bgp serve` as `dotnet build` leaves it.</summary>
internal sealed class RoutingDaemon : BgpDaemon
{
    public override string Name => "routing";

    public override string Package => "dotnet build -c Release Routing.sln";

    public override string Program =>
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../Routing.Agent/bin/Release/net10.0/routing"));

    public override string VersionArgument => "--version";

    public override IReadOnlyList<string> Configure(DaemonPlan plan, string folder) =>
    [
        "bgp", "serve", "--log-level", "Warning", "--config", Write(folder, "bgp.yaml", $$"""
            apiVersion: routing.dev/v1alpha1
            kind: BGPConfiguration
            metadata: {name: default}
            spec:
              asNumber: {{DaemonPlan.Asn}}
              routerID: {{DaemonPlan.Address}}
              listenAddresses: [{{DaemonPlan.Address}}]
              listenPort: {{DaemonPlan.Port}}
            ---
            apiVersion: routing.dev/v1alpha1
            kind: BGPFilter
            metadata: {name: nothing}
            spec: {exportV4: [{action: Reject}]}
            {{Each(plan, Peer)}}
            """),
    ];

    private static string Peer(PeerPlan peer) => $$"""
        ---
        apiVersion: routing.dev/v1alpha1
        kind: BGPPeer
        metadata: {name: {{peer.Name}}}
        spec:
          peerIP: {{peer.Address}}
          asNumber: {{peer.Asn}}
          passive: true
          families: [ipv4]
          routeReflectorClient: {{(peer.IsInternal ? "true" : "false")}}
          filters: [{{(peer.SendsOnly ? "nothing" : "")}}]

        """;
}
