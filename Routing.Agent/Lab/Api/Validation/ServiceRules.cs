using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Routing.Agent.Lab.Api.Storage;

namespace Routing.Agent.Lab.Api.Validation;

/// <summary>v1 Service, with cluster addresses given out from 10.96.0.0/16 as kubeadm's default range begins.</summary>
internal sealed class ServiceRules : KindRules
{
    private static readonly string[] Types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];

    public override NameRule Name => NameRule.DnsLabel;

    public override void Default(JsonObject document)
    {
        var spec = document.Object("spec");
        spec["type"] ??= "ClusterIP";
        spec["sessionAffinity"] ??= "None";
        foreach (var port in spec.Objects("ports"))
        {
            port["protocol"] ??= "TCP";
            port["targetPort"] ??= port["port"]?.DeepClone();
        }

        if (spec.Text("type") != "ExternalName")
        {
            spec["internalTrafficPolicy"] ??= "Cluster";
        }

        document.Object("status").Object("loadBalancer");
    }

    public override void PrepareCreate(JsonObject document, WriteContext context)
    {
        document["status"] = new JsonObject { ["loadBalancer"] = new JsonObject() };
        var spec = document.Object("spec");
        if (spec.Text("type") == "ExternalName")
        {
            return;
        }

        spec["clusterIP"] ??= FreeAddress(context.Store);
        spec["clusterIPs"] ??= new JsonArray(spec.Text("clusterIP"));
        spec["ipFamilyPolicy"] ??= "SingleStack";
        spec["ipFamilies"] ??= new JsonArray(
            IPAddress.TryParse(spec.Text("clusterIP"), out var address)
            && address.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4");
    }

    public override void PrepareUpdate(JsonObject document, JsonObject old, WriteContext context)
    {
        // A client that leaves these out means to keep them.
        foreach (var field in (ReadOnlySpan<string>)["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"])
        {
            if (document.At("spec", field) is null && old.At("spec", field) is { } kept)
            {
                document.Object("spec")[field] = kept.DeepClone();
            }
        }
    }

    public override void Validate(JsonObject document, List<FieldError> errors)
    {
        var spec = document.Object("spec");
        if (!Types.Contains(spec.Text("type")))
        {
            errors.Add(FieldError.NotSupported("spec.type", spec["type"], Types));
        }

        var ports = spec.Objects("ports").ToArray();
        if (ports.Length == 0 && spec.Text("type") != "ExternalName" && spec.Text("clusterIP") != "None")
        {
            errors.Add(FieldError.Required("spec.ports"));
        }

        foreach (var (i, port) in ports.Index())
        {
            var path = $"spec.ports[{i}]";
            if (ports.Length > 1 && string.IsNullOrEmpty(port.Text("name")))
            {
                errors.Add(FieldError.Required($"{path}.name"));
            }

            PortRules.CheckNumber(port["port"], $"{path}.port", errors);
            PortRules.CheckProtocol(port["protocol"], $"{path}.protocol", errors);
            if (port["targetPort"] is { } target && target.GetValueKind() != JsonValueKind.Null)
            {
                PortRules.CheckNumberOrName(target, $"{path}.targetPort", errors);
            }
        }

        MetadataValidator.ValidateLabels(spec["selector"], "spec.selector", errors);
    }

    public override void ValidateUpdate(JsonObject document, JsonObject old, List<FieldError> errors)
    {
        var before = old["spec"].Text("clusterIP");
        if (before is not null && before != document["spec"].Text("clusterIP")
            && document["spec"].Text("type") != "ExternalName")
        {
            errors.Add(FieldError.Invalid("spec.clusterIPs[0]", document.At("spec", "clusterIPs"), "may not change once set"));
        }
    }

    private static string FreeAddress(ObjectStore store)
    {
        var used = store.List("services").Objects.Values
            .Select(service => service.Document["spec"].Text("clusterIP"))
            .ToHashSet(StringComparer.Ordinal);
        return Enumerable.Range(1, 65534).Select(n => $"10.96.{n / 256}.{n % 256}").First(address => !used.Contains(address));
    }
}
