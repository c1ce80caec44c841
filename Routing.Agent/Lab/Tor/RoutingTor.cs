using System.Globalization;
using System.Text;
using Routing.Agent.Lab.Plan;

namespace Routing.Agent.Lab.Tor;

/// <summary>Our own stand-alone speaker as the ToR (DESIGN.md §9).</summary>
internal static class RoutingTor
{
    public static TorSetup Create(LabPlan plan, string folder) => new()
    {
        Files = [new("tor.yaml", RenderConfig(plan))],
        Programs = [new("routing", LabProgram.Routing, ["bgp", "serve", "--config", Path.Combine(folder, "tor.yaml")])],
    };

    public static string RenderConfig(LabPlan plan)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $$"""
            apiVersion: routing.dev/v1alpha1
            kind: BGPConfiguration
            metadata: {name: default}
            spec:
              asNumber: {{LabPlan.TorAsn}}
              routerID: {{LabPlan.TorRouterId}}
              listenAddresses: [0.0.0.0, "::"]
              installRoutes: true

            """);
        foreach (var node in plan.Nodes)
        {
            Append(node.Uplink.NodeV4, "ipv4");
            Append(node.Uplink.NodeV6, "ipv6");

            void Append(System.Net.IPAddress peer, string family) =>
                text.Append(CultureInfo.InvariantCulture, $$"""
                    ---
                    apiVersion: routing.dev/v1alpha1
                    kind: BGPPeer
                    metadata: {name: {{node.Name}}-{{family}}}
                    spec: {peerIP: "{{peer}}", asNumber: {{node.Asn}}, passive: true, families: [{{family}}]}

                    """);
        }

        return text.ToString();
    }
}
