using System.Globalization;
using System.Text;
using Routing.Agent.Lab.Plan;

namespace Routing.Agent.Lab.Tor;

/// <summary>BIRD 2 as the ToR.</summary>
internal static class BirdTor
{
    public static TorSetup Create(LabPlan plan, string folder) => new()
    {
        Files = [new("bird.conf", RenderConfig(plan))],
        Programs =
        [
            new("bird", LabTool.Find("--tor bird", "bird", "bird2"),
                ["-f", "-c", Path.Combine(folder, "bird.conf"), "-s", Path.Combine(folder, "bird.ctl")]),
        ],
    };

    public static string RenderConfig(LabPlan plan)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $$"""
            log stderr all;
            router id {{LabPlan.TorRouterId}};
            protocol device { }
            protocol kernel kernel4 { ipv4 { export all; }; }
            protocol kernel kernel6 { ipv6 { export all; }; }

            """);
        foreach (var node in plan.Nodes)
        {
            Append(node.Uplink.TorV4, node.Uplink.NodeV4, "ipv4");
            Append(node.Uplink.TorV6, node.Uplink.NodeV6, "ipv6");

            // "aware" is RFC 4724's helper: stale routes stay, our own restart is not announced.
            void Append(System.Net.IPAddress tor, System.Net.IPAddress peer, string family) =>
                text.Append(CultureInfo.InvariantCulture, $$"""
                    protocol bgp node_{{node.Index}}_{{family}} {
                      local {{tor}} as {{LabPlan.TorAsn}};
                      neighbor {{peer}} as {{node.Asn}};
                      passive on;
                      graceful restart aware;
                      {{family}} { import all; export all; };
                    }

                    """);
        }

        return text.ToString();
    }
}
