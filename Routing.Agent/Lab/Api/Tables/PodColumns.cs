using System.Text.Json;
using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Tables;

/// <summary>kubectl get pods.</summary>
internal static class PodColumns
{
    public static IReadOnlyList<TableColumn> All { get; } =
    [
        CommonColumns.Name,
        CommonColumns.Text("Ready", "The aggregate readiness state of this pod for accepting traffic.", Ready),
        CommonColumns.Text("Status", "The aggregate status of the containers in this pod.", Status),
        new("Restarts", "string", (pod, _) => JsonText.Number(Containers(pod).Sum(c => c.Integer("restartCount") ?? 0)),
            Description: "The number of times the containers in this pod have been restarted."),
        CommonColumns.Age,
        CommonColumns.Text("IP", "podIP address allocated to the pod.", pod => pod.Text("status", "podIP"), 1),
        CommonColumns.Text("Node", "NodeName is the node this pod runs on.", pod => pod.Text("spec", "nodeName"), 1),
        CommonColumns.Text(
            "Nominated Node", "Set when this pod preempts others.", pod => pod.Text("status", "nominatedNodeName"), 1),
        CommonColumns.Text("Readiness Gates", "Conditions that must hold for readiness.", Gates, 1),
    ];

    private static string Ready(JsonObject pod)
    {
        var ready = Containers(pod).Count(container => container["ready"]?.GetValueKind() == JsonValueKind.True);
        return $"{ready}/{pod.Objects("spec", "containers").Count()}";
    }

    private static string? Status(JsonObject pod)
    {
        if (pod.At("metadata", "deletionTimestamp") is not null)
        {
            return "Terminating";
        }

        var waiting = Containers(pod).Select(container => container.Text("state", "waiting", "reason")).FirstOrDefault(r => r is not null);
        return waiting ?? pod.Text("status", "reason") ?? pod.Text("status", "phase");
    }

    private static string? Gates(JsonObject pod)
    {
        var gates = pod.Objects("spec", "readinessGates").Select(gate => gate.Text("conditionType")).ToArray();
        var held = gates.Count(gate => pod.Objects("status", "conditions")
            .Any(condition => condition.Text("type") == gate && condition.Text("status") == "True"));
        return gates.Length == 0 ? null : $"{held}/{gates.Length}";
    }

    private static IEnumerable<JsonObject> Containers(JsonObject pod) => pod.Objects("status", "containerStatuses");
}
