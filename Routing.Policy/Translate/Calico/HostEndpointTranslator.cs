using Routing.Policy.Compile;
using Routing.Policy.Model;

namespace Routing.Policy.Translate.Calico;

/// <summary>Calico's HostEndpoint to <see cref="HostEndpointView"/>.</summary>
public static class HostEndpointTranslator
{
    /// <summary>Calico's profile of endpoints to which everything is allowed that no policy says anything about.</summary>
    private const string DefaultAllow = "projectcalico-default-allow";

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

        var interfaceName = host.Spec?.InterfaceName ?? "";
        if (string.IsNullOrEmpty(host.Spec?.Node))
        {
            problems.Add("spec.node", "", "the node's name; without it no node's interface is meant");
        }

        if (interfaceName.Length == 0 && addresses.Count == 0)
        {
            problems.Add("spec.interfaceName", "", "an interface's name, '*', or addresses in expectedIPs; without them none is meant");
        }
        else if (interfaceName is not ("" or HostEndpointView.AllInterfaces) && (!HostEndpointView.IsInterfaceName(interfaceName)
            || interfaceName.StartsWith(Names.InterfacePrefix, StringComparison.Ordinal)))
        {
            problems.Add(
                "spec.interfaceName", interfaceName,
                $"'*', or a name of at most {HostEndpointView.InterfaceNameLimit} letters, digits, '.', '_', '@' and '-' that does not "
                + $"begin with '{Names.InterfacePrefix}', as those of pods do; with another no interface is meant");
        }

        var profiles = host.Spec?.Profiles ?? [];
        foreach (var (i, profile) in profiles.Index().Where(one => one.Item != DefaultAllow))
        {
            problems.Add($"spec.profiles[{i}]", profile, $"{DefaultAllow}; another allows nothing here");
        }

        var view = new HostEndpointView
        {
            Name = host.Metadata?.Name ?? "",
            NodeName = host.Spec?.Node ?? "",
            InterfaceName = host.Spec?.InterfaceName ?? "",
            Labels = host.ReadLabels(problems),
            Addresses = [.. addresses],
            NamedPorts = [.. ports],
            IsOpen = profiles.Contains(DefaultAllow),
        };
        return new Translated<HostEndpointView>(view, problems.ToEquatableArray());
    }
}
