using k8s.Models;
using Routing.Policy.Model;

namespace Routing.Policy.Translate;

/// <summary>V1EndpointSlice to <see cref="ServiceSliceView"/>.</summary>
public static class ServiceSliceTranslator
{
    private const string ServiceLabel = "kubernetes.io/service-name";

    /// <summary>Translates: every endpoint, ready or not, so that rules do not come and go with probes. Addresses that are names
    /// are left out, and so are ports without a number, which mean whatever somebody makes of them.</summary>
    public static ServiceSliceView Translate(V1EndpointSlice slice)
    {
        var addresses = new List<Address>();
        foreach (var text in (slice.Endpoints ?? []).SelectMany(one => one?.Addresses ?? []))
        {
            if (Address.TryParse(text, out var address))
            {
                addresses.Add(address);
            }
        }

        var ports = new List<PortSpec.Numbers>();
        foreach (var port in slice.Ports ?? [])
        {
            if (port?.Port is > 0 and <= ushort.MaxValue && TransportProtocols.TryParse(port.Protocol, out var protocol))
            {
                ports.Add(new PortSpec.Numbers(protocol, (ushort)port.Port, (ushort)port.Port));
            }
        }

        return new ServiceSliceView(
            new NamespacedName(slice.Metadata?.NamespaceProperty ?? "default", slice.Metadata?.Name ?? ""),
            slice.Metadata?.Labels?.TryGetValue(ServiceLabel, out var service) == true ? service : "",
            [.. addresses],
            [.. ports]);
    }
}
