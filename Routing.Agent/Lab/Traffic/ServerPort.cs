using System.Collections.Immutable;
using k8s.Models;
using Routing.Policy.Model;

namespace Routing.Agent.Lab.Traffic;

/// <summary>A port a server listens on.</summary>
/// <param name="Protocol">TCP or UDP.</param>
/// <param name="Number">Port number.</param>
/// <param name="Name">Its name in the manifest; empty when it has none.</param>
public sealed record ServerPort(TransportProtocol Protocol, ushort Number, string Name)
{
    /// <summary>The ports of a pod's containers that the lab serves: TCP and UDP. (Not SCTP: kernels without that module are common,
    /// and probing it would need raw sockets in the pods.)</summary>
    public static ImmutableArray<ServerPort> Of(V1Pod pod) =>
        [.. pod.Spec.Containers.SelectMany(container => container.Ports ?? [])
            .Where(port => port.Protocol is null or "TCP" or "UDP")
            .Select(port => new ServerPort(
                port.Protocol == "UDP" ? TransportProtocol.Udp : TransportProtocol.Tcp, (ushort)port.ContainerPort, port.Name ?? ""))
            .DistinctBy(port => (port.Protocol, port.Number))];

    /// <summary>"tcp/8080".</summary>
    public override string ToString() => $"{(Protocol == TransportProtocol.Udp ? "udp" : "tcp")}/{Number}";
}
