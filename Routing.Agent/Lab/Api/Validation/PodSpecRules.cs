using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Validation;

/// <summary>Defaults and basic checks of a pod's spec, alone or in a workload's template.</summary>
internal static class PodSpecRules
{
    private static readonly string[] RestartPolicies = ["Always", "Never", "OnFailure"];
    private static readonly string[] ContainerLists = ["initContainers", "containers"];

    public static void Default(JsonObject spec)
    {
        foreach (var list in ContainerLists)
        {
            foreach (var container in spec.Objects(list))
            {
                DefaultContainer(container);
            }
        }

        spec["restartPolicy"] ??= "Always";
        spec["terminationGracePeriodSeconds"] ??= 30;
        spec["dnsPolicy"] ??= "ClusterFirst";
        spec.Object("securityContext");
        spec["schedulerName"] ??= "default-scheduler";
        if (spec.Text("serviceAccountName") is { } account)
        {
            spec["serviceAccount"] ??= account;
        }
    }

    public static void Validate(JsonObject spec, string path, List<FieldError> errors)
    {
        if (spec["containers"] is not JsonArray { Count: > 0 })
        {
            errors.Add(FieldError.Required($"{path}.containers"));
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var list in ContainerLists)
        {
            foreach (var (i, container) in spec.Objects(list).Index())
            {
                ValidateContainer(container, $"{path}.{list}[{i}]", names, errors);
            }
        }

        if (!RestartPolicies.Contains(spec.Text("restartPolicy")))
        {
            errors.Add(FieldError.NotSupported($"{path}.restartPolicy", spec["restartPolicy"], RestartPolicies));
        }

        if (spec.Text("nodeName") is { } node)
        {
            errors.AddRange(NameRule.Subdomain.Check(node).Select(why => FieldError.Invalid($"{path}.nodeName", node, why)));
        }
    }

    private static void DefaultContainer(JsonObject container)
    {
        foreach (var port in container.Objects("ports"))
        {
            port["protocol"] ??= "TCP";
        }

        foreach (var probe in (ReadOnlySpan<string>)["livenessProbe", "readinessProbe", "startupProbe"])
        {
            if (container[probe] is JsonObject set)
            {
                set["timeoutSeconds"] ??= 1;
                set["periodSeconds"] ??= 10;
                set["successThreshold"] ??= 1;
                set["failureThreshold"] ??= 3;
            }
        }

        container.Object("resources");
        container["terminationMessagePath"] ??= "/dev/termination-log";
        container["terminationMessagePolicy"] ??= "File";
        container["imagePullPolicy"] ??= IsLatest(container.Text("image") ?? "") ? "Always" : "IfNotPresent";
    }

    /// <summary>No tag means the tag latest; a digest or another tag never changes.</summary>
    private static bool IsLatest(string image)
    {
        var name = image[(image.LastIndexOf('/') + 1)..];
        return !name.Contains('@', StringComparison.Ordinal)
            && (!name.Contains(':', StringComparison.Ordinal) || name.EndsWith(":latest", StringComparison.Ordinal));
    }

    private static void ValidateContainer(JsonObject container, string path, HashSet<string> names, List<FieldError> errors)
    {
        var name = container.Text("name") ?? "";
        if (name.Length == 0)
        {
            errors.Add(FieldError.Required($"{path}.name"));
        }
        else if (!names.Add(name))
        {
            errors.Add(FieldError.Duplicate($"{path}.name", name));
        }
        else
        {
            errors.AddRange(NameRule.Label.Check(name).Select(why => FieldError.Invalid($"{path}.name", name, why)));
        }

        if (string.IsNullOrWhiteSpace(container.Text("image")))
        {
            errors.Add(FieldError.Required($"{path}.image"));
        }

        var ports = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (i, port) in container.Objects("ports").Index())
        {
            var at = $"{path}.ports[{i}]";
            if (port["containerPort"] is null)
            {
                errors.Add(FieldError.Required($"{at}.containerPort"));
            }
            else
            {
                PortRules.CheckNumber(port["containerPort"], $"{at}.containerPort", errors);
            }

            PortRules.CheckProtocol(port["protocol"], $"{at}.protocol", errors);
            if (port.Text("name") is { Length: > 0 } portName)
            {
                errors.AddRange(NameRule.CheckPortName(portName).Select(why => FieldError.Invalid($"{at}.name", portName, why)));
                if (!ports.Add(portName))
                {
                    errors.Add(FieldError.Duplicate($"{at}.name", portName));
                }
            }
        }
    }
}
