using System.Text.Json;
using System.Text.Json.Nodes;

namespace Routing.Agent.Lab.Api.Validation;

/// <summary>Ports and protocols, which policies, services and containers check alike.</summary>
internal static class PortRules
{
    private static readonly string[] Protocols = ["SCTP", "TCP", "UDP"];

    public static void CheckProtocol(JsonNode? protocol, string path, List<FieldError> errors)
    {
        if (protocol is not null && !Protocols.Contains(protocol.Text()))
        {
            errors.Add(FieldError.NotSupported(path, protocol, Protocols));
        }
    }

    public static void CheckNumber(JsonNode? port, string path, List<FieldError> errors)
    {
        if (port.AsInteger() is not (>= 1 and <= 65535))
        {
            errors.Add(FieldError.Invalid(path, port, "must be between 1 and 65535, inclusive"));
        }
    }

    /// <summary>A number, or the name of a container's port.</summary>
    public static void CheckNumberOrName(JsonNode port, string path, List<FieldError> errors)
    {
        if (port.GetValueKind() == JsonValueKind.String)
        {
            errors.AddRange(NameRule.CheckPortName(port.Text()!).Select(why => FieldError.Invalid(path, port, why)));
        }
        else
        {
            CheckNumber(port, path, errors);
        }
    }
}
