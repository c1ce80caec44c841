using Routing.Policy.Model;

namespace Routing.Policy.Translate.ClusterPolicies;

/// <summary>Ports of both versions of policy.networking.k8s.io.</summary>
internal sealed class ClusterPolicyPorts(ProblemList problems)
{
    private const string PortAllowed = "a number from 1 to 65535";

    /// <summary>v1alpha2.</summary>
    public IEnumerable<PortSpec> Translate(ClusterPolicyProtocol? port, string field)
    {
        problems.AddUnknown(port?.Others, field);
        (string Field, ClusterPolicyTransport? Value, TransportProtocol Protocol)[] transports =
        [
            ("tcp", port?.Tcp, TransportProtocol.Tcp),
            ("udp", port?.Udp, TransportProtocol.Udp),
            ("sctp", port?.Sctp, TransportProtocol.Sctp),
        ];
        var set = transports.Where(one => one.Value is not null).ToList();
        if (set.Count + (port?.DestinationNamedPort is null ? 0 : 1) != 1)
        {
            problems.Add(field, Names(
                ("tcp", port?.Tcp), ("udp", port?.Udp), ("sctp", port?.Sctp), ("destinationNamedPort", port?.DestinationNamedPort)),
                "exactly one of tcp, udp, sctp and destinationNamedPort");
            return [];
        }

        problems.AddUnknown(set.FirstOrDefault().Value?.Others, $"{field}.{set.FirstOrDefault().Field}");
        return set.Count == 0
            ? Named(port!.DestinationNamedPort!, $"{field}.destinationNamedPort")
            : Transport(set[0].Value!.DestinationPort, set[0].Protocol, $"{field}.{set[0].Field}.destinationPort");
    }

    /// <summary>v1alpha1.</summary>
    public IEnumerable<PortSpec> Translate(AdminPolicyPort? port, string field)
    {
        problems.AddUnknown(port?.Others, field);
        switch (port)
        {
            case { PortNumber: { } number, NamedPort: null, PortRange: null }:
                problems.AddUnknown(number.Others, $"{field}.portNumber");
                return Numbers(
                    number.Protocol, number.Port, number.Port, $"{field}.portNumber", $"{field}.portNumber.port");
            case { PortRange: { } range, NamedPort: null, PortNumber: null }:
                problems.AddUnknown(range.Others, $"{field}.portRange");
                return Numbers(range.Protocol, range.Start, range.End, $"{field}.portRange", $"{field}.portRange.start");
            case { NamedPort: { } name, PortNumber: null, PortRange: null }:
                return Named(name, $"{field}.namedPort");
            default:
                problems.Add(field, Names(
                    ("portNumber", port?.PortNumber), ("portRange", port?.PortRange), ("namedPort", port?.NamedPort)),
                    "exactly one of portNumber, portRange and namedPort");
                return [];
        }
    }

    private IEnumerable<PortSpec> Transport(ClusterPolicyPort? port, TransportProtocol protocol, string field)
    {
        problems.AddUnknown(port?.Others, field);
        problems.AddUnknown(port?.Range?.Others, $"{field}.range");
        switch (port)
        {
            case null:
                return [PortSpec.Numbers.All(protocol)];
            case { Number: { } number, Range: null }:
                return Numbers(protocol, number, number, $"{field}.number");
            case { Range: { } range, Number: null }:
                return Numbers(protocol, range.Start, range.End, $"{field}.range");
            default:
                problems.Add(field, Names(("number", port.Number), ("range", port.Range)), "exactly one of number and range");
                return [];
        }
    }

    private IEnumerable<PortSpec> Numbers(string? protocolName, int? low, int? high, string field, string portField)
    {
        if (!TransportProtocols.TryParse(protocolName, out var protocol))
        {
            problems.Add($"{field}.protocol", protocolName, TransportProtocols.Allowed);
            return [];
        }

        return Numbers(protocol, low, high, portField);
    }

    private IEnumerable<PortSpec> Numbers(TransportProtocol protocol, int? low, int? high, string field)
    {
        if (low is not (>= 1 and <= ushort.MaxValue))
        {
            problems.Add(field, $"{low}", PortAllowed);
            return [];
        }

        if (high is not (>= 1 and <= ushort.MaxValue) || high < low)
        {
            problems.Add(field, $"{low} to {high}", $"{PortAllowed}, and the last not before the first");
            return [];
        }

        return [new PortSpec.Numbers(protocol, (ushort)low, (ushort)high)];
    }

    /// <summary>The fields that are there.</summary>
    private static string Names(params IEnumerable<(string Name, object? Value)> fields) =>
        string.Join(", ", fields.Where(one => one.Value is not null).Select(one => one.Name));

    /// <summary>These names do not say of which protocol they are, so they mean the container port of any.</summary>
    private IEnumerable<PortSpec> Named(string name, string field)
    {
        if (!Syntax.IsPortName(name))
        {
            problems.Add(field, name, Syntax.PortNameAllowed);
            return [];
        }

        return TransportProtocolExtensions.OfContainers.Select(protocol => new PortSpec.Named(protocol, name));
    }
}
