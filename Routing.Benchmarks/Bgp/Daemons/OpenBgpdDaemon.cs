namespace Routing.Benchmarks.Bgp.Daemons;

/// <summary>OpenBGPD: three processes.</summary>
internal sealed class OpenBgpdDaemon : BgpDaemon
{
    public override string Name => "openbgpd";

    public override string Package => "openbgpd";

    public override string Program => "/usr/sbin/bgpd";

    public override string VersionArgument => "-V";

    public override IReadOnlyList<string> Configure(DaemonPlan plan, string folder)
    {
        Directory.CreateDirectory("/run/openbgpd"); // its children change their root to it; packages leave that to systemd
        return ["-d", "-f", Write(folder, "bgpd.conf", $$"""
            AS {{DaemonPlan.Asn}}
            router-id {{DaemonPlan.Address}}
            listen on {{DaemonPlan.Address}}
            fib-update no
            socket "{{Path.Combine(folder, "bgpd.sock")}}"
            {{Each(plan, Neighbor)}}
            allow from any
            allow to any

            """)];
    }

    private static string Neighbor(PeerPlan peer) => $$"""
        neighbor {{peer.Address}} {
          descr "{{peer.Name}}"
          remote-as {{peer.Asn}}
          passive
          enforce neighbor-as no
          {{(peer.IsInternal ? "route-reflector" : "")}}
          {{(peer.SendsOnly ? "export none" : "")}}
        }

        """;
}
