namespace Routing.Benchmarks.Bgp.Daemons;

/// <summary>BIRD 2.</summary>
internal sealed class BirdDaemon : BgpDaemon
{
    public override string Name => "bird";

    public override string Package => "bird2";

    public override string Program => "/usr/sbin/bird";

    public override string VersionArgument => "--version";

    public override IReadOnlyList<string> Configure(DaemonPlan plan, string folder) =>
    [
        "-f", "-s", Path.Combine(folder, "bird.ctl"), "-c", Write(folder, "bird.conf", $$"""
            router id {{DaemonPlan.Address}};
            protocol device { }
            {{Each(plan, Peer)}}
            """),
    ];

    private static string Peer(PeerPlan peer) => $$"""
        protocol bgp {{peer.Name}} {
          local {{DaemonPlan.Address}} as {{DaemonPlan.Asn}};
          neighbor {{peer.Address}} as {{peer.Asn}};
          direct; passive on; {{(peer.IsInternal ? "rr client;" : "")}}
          ipv4 { import all; export {{(peer.SendsOnly ? "none" : "all")}}; };
        }

        """;
}
