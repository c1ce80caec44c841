using Routing.Policy.Model;

namespace Routing.Policy.Translate;

/// <summary>Kubernetes' names of the transport protocols.</summary>
public static class TransportProtocols
{
    /// <summary>For messages.</summary>
    public const string Allowed = "TCP, UDP or SCTP";

    /// <summary>Reads a name; without one it is TCP, Kubernetes' default.</summary>
    public static bool TryParse(string? text, out TransportProtocol protocol)
    {
        (var known, protocol) = text switch
        {
            null or "" or "TCP" => (true, TransportProtocol.Tcp),
            "UDP" => (true, TransportProtocol.Udp),
            "SCTP" => (true, TransportProtocol.Sctp),
            _ => (false, default),
        };
        return known;
    }

    /// <summary>The name as Kubernetes writes it.</summary>
    public static string KubernetesName(this TransportProtocol protocol) => protocol.ToString().ToUpperInvariant();
}
