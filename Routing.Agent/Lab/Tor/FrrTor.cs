using System.Globalization;
using System.Text;
using Routing.Agent.Lab.Plan;

namespace Routing.Agent.Lab.Tor;

/// <summary>FRR's zebra and bgpd as the ToR. Both drop to FRR's own user, so the ToR's folder is open to it.</summary>
internal static class FrrTor
{
    public static TorSetup Create(LabPlan plan, string folder)
    {
        var zebraSocket = Path.Combine(folder, "zserv.api");
        return new TorSetup
        {
            Files = [new("zebra.conf", ""), new("bgpd.conf", RenderConfig(plan))],
            Programs = [Daemon("zebra", zebraSocket), Daemon("bgpd", null)],
            OwnFolder = "/var/tmp/frr", // for crash logs; its daemons make it and leave it
        };

        TorProgram Daemon(string name, string? readyFile) => new(
            name,
            LabTool.Find("--tor frr", name, "frr"),
            ["-f", Path.Combine(folder, name + ".conf"), "-i", Path.Combine(folder, name + ".pid"),
             "-z", zebraSocket, "--vty_socket", folder, "-P", "0", "--log", "stdout"],
            readyFile);
    }

    public static string RenderConfig(LabPlan plan)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            router bgp {LabPlan.TorAsn}
             bgp router-id {LabPlan.TorRouterId}
             no bgp ebgp-requires-policy

            """);
        foreach (var node in plan.Nodes)
        {
            foreach (var address in node.Addresses)
            {
                text.Append(CultureInfo.InvariantCulture, $"""
                     neighbor {address} remote-as {node.Asn}
                     neighbor {address} passive

                    """);
            }
        }

        // FRR activates every neighbour for IPv4 and none for IPv6. As a helper (RFC 4724) it needs no telling.
        text.Append(" address-family ipv4 unicast\n");
        foreach (var node in plan.Nodes)
        {
            text.Append(CultureInfo.InvariantCulture, $"  no neighbor {node.Uplink.NodeV6} activate\n");
        }

        text.Append(" exit-address-family\n address-family ipv6 unicast\n");
        foreach (var node in plan.Nodes)
        {
            text.Append(CultureInfo.InvariantCulture, $"  neighbor {node.Uplink.NodeV6} activate\n");
        }

        return text.Append(" exit-address-family\n").ToString();
    }
}
