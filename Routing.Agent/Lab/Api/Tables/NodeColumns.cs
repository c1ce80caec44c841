using System.Text.Json;
using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Tables;

/// <summary>kubectl get nodes.</summary>
internal static class NodeColumns
{
    private const string RolePrefix = "node-role.kubernetes.io/";

    public static IReadOnlyList<TableColumn> All { get; } =
    [
        CommonColumns.Name,
        CommonColumns.Text("Status", "The status of the node", Status),
        CommonColumns.Text("Roles", "The roles of the node", Roles),
        CommonColumns.Age,
        Info("Version", "Kubelet Version reported by the node.", "kubeletVersion", 0),
        CommonColumns.Text("Internal-IP", "List of internal addresses.", node => Address(node, "InternalIP"), 1),
        CommonColumns.Text("External-IP", "List of external addresses.", node => Address(node, "ExternalIP"), 1),
        Info("OS-Image", "OS Image reported by the node.", "osImage", 1),
        Info("Kernel-Version", "Kernel Version reported by the node.", "kernelVersion", 1),
        Info("Container-Runtime", "ContainerRuntime Version reported by the node.", "containerRuntimeVersion", 1),
    ];

    private static string Status(JsonObject node)
    {
        var ready = node.Objects("status", "conditions").FirstOrDefault(condition => condition.Text("type") == "Ready");
        var state = ready is null ? "Unknown" : ready.Text("status") == "True" ? "Ready" : "NotReady";
        return node.At("spec", "unschedulable")?.GetValueKind() == JsonValueKind.True ? state + ",SchedulingDisabled" : state;
    }

    private static string Roles(JsonObject node) => string.Join(',', node.Pairs("metadata", "labels")
        .Where(label => label.Key.StartsWith(RolePrefix, StringComparison.Ordinal))
        .Select(label => label.Key[RolePrefix.Length..])
        .Order(StringComparer.Ordinal));

    private static string? Address(JsonObject node, string type) => node.Objects("status", "addresses")
        .FirstOrDefault(address => address.Text("type") == type).Text("address");

    private static TableColumn Info(string name, string description, string field, int priority) => new(
        name, "string", (node, _) => node.Text("status", "nodeInfo", field) ?? "<unknown>", priority, "", description);
}
