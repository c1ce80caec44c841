using System.Globalization;
using System.Text;
using Routing.Agent.Lab.Plan;
using Routing.Agent.Namespaces;

namespace Routing.Agent.Lab.Tor;

/// <summary>GoBGP's gobgpd as the ToR. It keeps to BGP and leaves the kernel to others: see <see cref="GobgpFib"/>.</summary>
internal static class GobgpTor
{
    /// <summary>Where gobgpd answers its command line.</summary>
    public static string ApiTarget(string folder) => "unix://" + Path.Combine(folder, "gobgp.sock");

    public static TorSetup Create(LabPlan plan, string folder) => new()
    {
        Files = [new("gobgpd.toml", RenderConfig(plan))],
        Programs =
        [
            new("gobgpd", LabTool.Find("--tor gobgp", "gobgpd", "gobgpd"),
                ["-f", Path.Combine(folder, "gobgpd.toml"), "--api-hosts", ApiTarget(folder)],
                Path.Combine(folder, "gobgp.sock")),
        ],
    };

    /// <summary>The loop that carries its routes into the kernel.</summary>
    public static GobgpFib CreateFib(string folder, NetworkNamespace networkNamespace, TimeProvider time) =>
        new(LabTool.Find("--tor gobgp", "gobgp", "gobgpd"), ApiTarget(folder), networkNamespace, time);

    public static string RenderConfig(LabPlan plan)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            [global.config]
              as = {LabPlan.TorAsn}
              router-id = "{LabPlan.TorRouterId}"
              port = 179

            """);
        foreach (var node in plan.Nodes)
        {
            Append(node.Uplink.NodeV4, "ipv4-unicast");
            Append(node.Uplink.NodeV6, "ipv6-unicast");

            void Append(System.Net.IPAddress peer, string family) =>
                text.Append(CultureInfo.InvariantCulture, $"""
                    [[neighbors]]
                      [neighbors.config]
                        neighbor-address = "{peer}"
                        peer-as = {node.Asn}
                      [neighbors.transport.config]
                        passive-mode = true
                      [neighbors.graceful-restart.config]
                        enabled = true
                        helper-only = true
                        restart-time = 120
                      [[neighbors.afi-safis]]
                        [neighbors.afi-safis.config]
                          afi-safi-name = "{family}"
                        [neighbors.afi-safis.mp-graceful-restart.config]
                          enabled = true

                    """);
        }

        return text.ToString();
    }
}
