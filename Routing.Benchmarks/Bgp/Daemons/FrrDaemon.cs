namespace Routing.Benchmarks.Bgp.Daemons;

/// <summary>FRR's bgpd without zebra: nothing goes to the kernel and next hops count as reachable.</summary>
internal sealed class FrrDaemon : BgpDaemon
{
    public override string Name => "frr";

    public override string Package => "frr";

    public override string Program => "/usr/lib/frr/bgpd";

    public override string VersionArgument => "--version";

    public override IReadOnlyList<string> Configure(DaemonPlan plan, string folder) =>
    [
        "-f", Write(folder, "bgpd.conf", $"""
            ip prefix-list nothing seq 5 deny any
            router bgp {DaemonPlan.Asn}
             bgp router-id {DaemonPlan.Address}
             no bgp ebgp-requires-policy
             no bgp network import-check
            {Each(plan, Neighbor)}
             address-family ipv4 unicast
            {Each(plan, Family)}
             exit-address-family

            """),
        "-i", Path.Combine(folder, "bgpd.pid"), "-Z", "-S", "--vty_socket", folder, "-P", "0", "-l", $"{DaemonPlan.Address}",
        "-p", $"{DaemonPlan.Port}",
    ];

    private static string Neighbor(PeerPlan peer) => $"""
         neighbor {peer.Address} remote-as {peer.Asn}
         neighbor {peer.Address} passive

        """;

    private static string Family(PeerPlan peer) => $"""
          neighbor {peer.Address} activate
          {(peer.IsInternal ? $"neighbor {peer.Address} route-reflector-client" : "")}
          {(peer.SendsOnly ? $"neighbor {peer.Address} prefix-list nothing out" : "")}

        """;
}
