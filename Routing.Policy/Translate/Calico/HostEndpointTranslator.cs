using Routing.Policy.Model;

namespace Routing.Policy.Translate.Calico;

/// <summary>Calico's HostEndpoint to <see cref="HostEndpointView"/>.</summary>
public static class HostEndpointTranslator
{
    /// <summary>Translates; what is no address and no port is left out.</summary>
    public static Translated<HostEndpointView> Translate(CalicoHostEndpointResource host)
    {
        var problems = new ProblemList();
        var addresses = new List<Address>();
        foreach (var (i, text) in (host.Spec?.ExpectedIps ?? []).Index())
        {
            if (Address.TryParse(text, out var address))
            {
                addresses.Add(address);
            }
            else
            {
                problems.Add($"spec.expectedIPs[{i}]", text, "an IPv4 or IPv6 address");
            }
        }

        var ports = new List<NamedPort>();
        foreach (var (i, port) in (host.Spec?.Ports ?? []).Index())
        {
            if (port is { Name.Length: > 0, Port: > 0 and <= ushort.MaxValue }
                && CalicoProtocols.TryParse(port.Protocol?.Text, out var protocol) && protocol.HasPorts())
            {
                ports.Add(new NamedPort(port.Name, protocol, (ushort)port.Port));
            }
            else
            {
                problems.Add($"spec.ports[{i}]", port?.Name, "a name, a protocol with ports, and a port from 1 to 65535");
            }
        }

        var view = new HostEndpointView
        {
            Name = host.Metadata?.Name ?? "",
            NodeName = host.Spec?.Node ?? "",
            InterfaceName = host.Spec?.InterfaceName ?? "",
            Labels = LabelSet.From(host.Metadata?.Labels),
            Addresses = [.. addresses],
            NamedPorts = [.. ports],
        };
        return new Translated<HostEndpointView>(view, problems.ToEquatableArray());
    }
}
