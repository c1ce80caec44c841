using System.Text.Json.Nodes;
using static Routing.Agent.Lab.Api.Tables.CommonColumns;

namespace Routing.Agent.Lab.Api.Tables;

/// <summary>Columns of the built-in kinds, as the real server's printers have them.</summary>
internal static class BuiltInColumns
{
    public static IReadOnlyList<TableColumn> Namespace { get; } =
        [Name, Text("Status", "The status of the namespace", o => o.Text("status", "phase")), Age];

    public static IReadOnlyList<TableColumn> NetworkPolicy { get; } =
        [Name, Text("Pod-Selector", "Pods the policy applies to.", o => Selector(o.At("spec", "podSelector"))), Age];

    public static IReadOnlyList<TableColumn> Definition { get; } = [Name, CreatedAt];

    public static IReadOnlyList<TableColumn> Role { get; } = [Name, CreatedAt];

    public static IReadOnlyList<TableColumn> Binding { get; } =
    [
        Name,
        Text("Role", "The role that is bound.", o => $"{o.Text("roleRef", "kind")}/{o.Text("roleRef", "name")}"),
        Age,
    ];

    public static IReadOnlyList<TableColumn> ConfigMap { get; } =
        [Name, Count("Data", "Number of keys.", o => Keys(o, "data") + Keys(o, "binaryData")), Age];

    public static IReadOnlyList<TableColumn> Secret { get; } =
        [Name, Text("Type", "Kind of secret.", o => o.Text("type")), Count("Data", "Number of keys.", o => Keys(o, "data")), Age];

    public static IReadOnlyList<TableColumn> ServiceAccount { get; } =
        [Name, Count("Secrets", "Number of secrets.", o => o.Objects("secrets").Count()), Age];

    public static IReadOnlyList<TableColumn> Lease { get; } =
        [Name, Text("Holder", "Identity of the holder.", o => o.Text("spec", "holderIdentity")), Age];

    public static IReadOnlyList<TableColumn> EndpointSlice { get; } =
    [
        Name,
        Text("AddressType", "Family of the addresses.", o => o.Text("addressType")),
        Text("Ports", "Ports of the endpoints.", o => Join(o.Objects("ports").Select(port => $"{port.Integer("port")}"))),
        Text("Endpoints", "Addresses.", o => Join(o.Objects("endpoints")
            .SelectMany(endpoint => endpoint["addresses"] as JsonArray ?? []).Select(address => address.Text() ?? ""))),
        Age,
    ];

    public static IReadOnlyList<TableColumn> Event { get; } =
    [
        new("Last Seen", "string", (o, now) => HumanDuration.Since(o["lastTimestamp"] ?? o["eventTime"], now)),
        Text("Type", "Normal or Warning.", o => o.Text("type")),
        Text("Reason", "Machine-readable reason.", o => o.Text("reason")),
        Text("Object", "What it is about.", o =>
            $"{o.Text("involvedObject", "kind")?.ToLowerInvariant()}/{o.Text("involvedObject", "name")}"),
        Text("Message", "For people.", o => o.Text("message")),
    ];

    public static IReadOnlyList<TableColumn> Service { get; } =
    [
        Name,
        Text("Type", "How the service is reached.", o => o.Text("spec", "type")),
        Text("Cluster-IP", "Address inside the cluster.", o => o.Text("spec", "clusterIP")),
        Text("External-IP", "Addresses outside.", o => Join((o.At("spec", "externalIPs") as JsonArray ?? [])
            .Select(address => address.Text() ?? ""))),
        Text("Port(s)", "Ports and protocols.", o => Join(o.Objects("spec", "ports")
            .Select(port => $"{port.Integer("port")}/{port.Text("protocol")}"))),
        Age,
        Text("Selector", "Pods behind it.", o => Join(o.Pairs("spec", "selector").Select(pair => $"{pair.Key}={pair.Value}")), 1),
    ];

    public static IReadOnlyList<TableColumn> DaemonSet { get; } =
    [
        Name,
        Status("Desired", "desiredNumberScheduled"),
        Status("Current", "currentNumberScheduled"),
        Status("Ready", "numberReady"),
        Status("Up-to-date", "updatedNumberScheduled"),
        Status("Available", "numberAvailable"),
        Text("Node Selector", "Nodes it runs on.", o => Join(o.Pairs("spec", "template", "spec", "nodeSelector")
            .Select(pair => $"{pair.Key}={pair.Value}"))),
        Age,
    ];

    public static IReadOnlyList<TableColumn> Deployment { get; } =
    [
        Name,
        Text("Ready", "Ready and wanted replicas.", o =>
            $"{o.Integer("status", "readyReplicas") ?? 0}/{o.Integer("spec", "replicas") ?? 0}"),
        Status("Up-to-date", "updatedReplicas"),
        Status("Available", "availableReplicas"),
        Age,
    ];

    private static TableColumn Status(string name, string field) =>
        Count(name, $"status.{field}", o => o.Integer("status", field) ?? 0);

    private static long Keys(JsonObject document, string field) => document[field] is JsonObject map ? map.Count : 0;

    private static string Join(IEnumerable<string> parts) => string.Join(',', parts);

    /// <summary>As a label selector is written on the command line.</summary>
    private static string Selector(JsonNode? selector) => Join(
        selector.Pairs("matchLabels").OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}")
            .Concat(selector.Objects("matchExpressions").Select(Expression)));

    private static string Expression(JsonObject expression)
    {
        var key = expression.Text("key");
        var values = Join((expression["values"] as JsonArray ?? []).Select(value => value.Text() ?? ""));
        return expression.Text("operator") switch
        {
            "In" => $"{key} in ({values})",
            "NotIn" => $"{key} notin ({values})",
            "DoesNotExist" => $"!{key}",
            _ => $"{key}",
        };
    }
}
