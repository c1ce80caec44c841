using Routing.Bgp.Wire.Iana;

namespace Routing.Agent.Grpc;

/// <summary>Families as the protocol and the configuration name them.</summary>
internal static class Families
{
    public static string NameOf(AfiSafi family) => family == AfiSafi.IPv4Unicast ? "ipv4" : "ipv6";
}
