using System.Text.Json;
using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Validation;

/// <summary>networking.k8s.io/v1 NetworkPolicy, as the real server defaults and checks it.</summary>
internal sealed class NetworkPolicyRules : KindRules
{
    private static readonly string[] PolicyTypes = ["Egress", "Ingress"];

    /// <summary>protocol is TCP; policyTypes are Ingress, and Egress where there is an egress rule.</summary>
    public override void Default(JsonObject document)
    {
        var spec = document.Object("spec");
        spec.Object("podSelector");
        foreach (var direction in (ReadOnlySpan<string>)["ingress", "egress"])
        {
            foreach (var port in spec.Objects(direction).SelectMany(rule => rule.Objects("ports")))
            {
                port["protocol"] ??= "TCP";
            }
        }

        if (spec["policyTypes"] is not JsonArray { Count: > 0 })
        {
            spec["policyTypes"] = spec["egress"] is JsonArray { Count: > 0 }
                ? new JsonArray("Ingress", "Egress")
                : new JsonArray("Ingress");
        }
    }

    public override void Validate(JsonObject document, List<FieldError> errors)
    {
        var spec = document.Object("spec");
        SelectorValidator.Validate(spec["podSelector"], "spec.podSelector", errors);
        ValidateRules(spec, "ingress", "from", errors);
        ValidateRules(spec, "egress", "to", errors);
        var types = spec["policyTypes"] as JsonArray ?? [];
        if (types.Count > PolicyTypes.Length)
        {
            errors.Add(FieldError.Invalid("spec.policyTypes", types, "may not specify more than two policyTypes"));
            return;
        }

        for (var i = 0; i < types.Count; i++)
        {
            if (!PolicyTypes.Contains(types[i].Text()))
            {
                errors.Add(FieldError.NotSupported($"spec.policyTypes[{i}]", types[i], PolicyTypes));
            }
        }
    }

    private static void ValidateRules(JsonObject spec, string direction, string peers, List<FieldError> errors)
    {
        foreach (var (i, rule) in spec.Objects(direction).Index())
        {
            var path = $"spec.{direction}[{i}]";
            foreach (var (j, port) in rule.Objects("ports").Index())
            {
                ValidatePort(port, $"{path}.ports[{j}]", errors);
            }

            foreach (var (j, peer) in rule.Objects(peers).Index())
            {
                ValidatePeer(peer, $"{path}.{peers}[{j}]", errors);
            }
        }
    }

    private static void ValidatePort(JsonObject rule, string path, List<FieldError> errors)
    {
        PortRules.CheckProtocol(rule["protocol"], $"{path}.protocol", errors);
        var (port, end) = (rule["port"], rule["endPort"]);
        if (port is null)
        {
            if (end is not null)
            {
                errors.Add(FieldError.Invalid($"{path}.endPort", end, "may not be specified when `port` is not specified"));
            }

            return;
        }

        if (end is not null && port.GetValueKind() == JsonValueKind.String)
        {
            errors.Add(FieldError.Invalid($"{path}.endPort", end, "may not be specified when `port` is non-numeric"));
        }

        PortRules.CheckNumberOrName(port, $"{path}.port", errors);
        if (end is not null && port.GetValueKind() == JsonValueKind.Number)
        {
            if (end.AsInteger() < port.AsInteger())
            {
                errors.Add(FieldError.Invalid($"{path}.endPort", end, "must be greater than or equal to `port`"));
            }

            PortRules.CheckNumber(end, $"{path}.endPort", errors);
        }
    }

    private static void ValidatePeer(JsonObject peer, string path, List<FieldError> errors)
    {
        var peers = 0;
        foreach (var selector in (ReadOnlySpan<string>)["podSelector", "namespaceSelector"])
        {
            if (peer[selector] is JsonObject value)
            {
                peers++;
                SelectorValidator.Validate(value, $"{path}.{selector}", errors);
            }
        }

        if (peer["ipBlock"] is JsonObject block)
        {
            peers++;
            ValidateIpBlock(block, $"{path}.ipBlock", errors);
        }

        if (peers == 0)
        {
            errors.Add(FieldError.Required(path, "must specify a peer"));
        }
        else if (peers > 1 && peer["ipBlock"] is JsonObject)
        {
            errors.Add(FieldError.Forbidden(path, "may not specify both ipBlock and another peer"));
        }
    }

    private static void ValidateIpBlock(JsonObject block, string path, List<FieldError> errors)
    {
        const string Malformed = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
        const string Outside = "must be a strict subset of `cidr`";
        var text = block.Text("cidr") ?? "";
        if (text.Length == 0)
        {
            errors.Add(FieldError.Required($"{path}.cidr"));
            return;
        }

        if (!Cidr.TryParse(text, out var cidr))
        {
            errors.Add(FieldError.Invalid($"{path}.cidr", text, Malformed));
            return;
        }

        foreach (var (i, value) in (block["except"] as JsonArray ?? []).Index())
        {
            var at = $"{path}.except[{i}]";
            if (!Cidr.TryParse(value.Text() ?? "", out var except))
            {
                errors.Add(FieldError.Invalid(at, value, Malformed));
            }
            else if (!cidr.Contains(except.Address) || cidr.Length >= except.Length)
            {
                errors.Add(FieldError.Invalid(at, value, Outside));
            }
        }
    }
}
