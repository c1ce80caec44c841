using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Routing.Agent.Lab.Plan;

namespace Routing.Agent.Lab.Cluster;

/// <summary>The objects that stand for the lab's machines: what a cluster's administrator and kubelets would have written.</summary>
internal static class ClusterObjects
{
    private const string BgpVersion = "routing.dev/v1alpha1";

    /// <summary>All of them.</summary>
    public static IEnumerable<JsonObject> Create(LabPlan plan)
    {
        yield return Json(new
        {
            apiVersion = BgpVersion,
            kind = "BGPConfiguration",
            metadata = new { name = "default" },
            spec = new { asNumber = LabPlan.TorAsn + (uint)LabPlan.MaximumNodes + 1 }, // for a node without the annotation
        });
        foreach (var node in plan.Nodes)
        {
            yield return Node(node);
            yield return Peer(node, "ipv4", node.Uplink.TorV4);
            yield return Peer(node, "ipv6", node.Uplink.TorV6);
        }
    }

    /// <summary>What kubelet says of a node.</summary>
    public static Dictionary<string, string> LabelsOf(NodePlan node) =>
        new() { ["kubernetes.io/hostname"] = node.Name, ["kubernetes.io/os"] = "linux" };

    private static JsonObject Node(NodePlan node) => Json(new
    {
        apiVersion = "v1",
        kind = "Node",
        metadata = new
        {
            name = node.Name,
            labels = LabelsOf(node),
            annotations = new Dictionary<string, string>
            {
                ["routing.dev/asn"] = JsonSerializer.Serialize(node.Asn),
                ["routing.dev/location"] = node.Location,
            },
        },
        spec = new
        {
            podCIDR = node.PodCidrV4.ToString(),
            podCIDRs = node.PodCidrs.Select(cidr => cidr.ToString()),
        },
        status = new
        {
            addresses = node.Addresses.Select(address => new { type = "InternalIP", address = address.ToString() })
                .Append(new { type = "Hostname", address = node.Name }),
            conditions = new[] { new { type = "Ready", status = "True", reason = "KubeletReady", message = "the lab plays kubelet" } },
        },
    });

    private static JsonObject Peer(NodePlan node, string family, IPAddress tor) => Json(new
    {
        apiVersion = BgpVersion,
        kind = "BGPPeer",
        metadata = new
        {
            name = $"{node.Name}-tor-{family}",
            annotations = new Dictionary<string, string> { ["routing.dev/location"] = LabPlan.TorLocation },
        },
        spec = new { node = node.Name, peerIP = tor.ToString(), asNumber = LabPlan.TorAsn, families = new[] { family } },
    });

    private static JsonObject Json(object value) => JsonSerializer.SerializeToNode(value)!.AsObject();
}
