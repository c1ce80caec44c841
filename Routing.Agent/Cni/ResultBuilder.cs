using System.Net;
using Routing.Agent.Attachments;
using Routing.Cni.Protocol;
using Route = Routing.Cni.Protocol.Route; // the web SDK has another

namespace Routing.Agent.Cni;

/// <summary>Attachment -> the result of its ADD.</summary>
internal static class ResultBuilder
{
    /// <summary>Index of the container's side in a result's interfaces.</summary>
    private const uint ContainerSide = 1;

    public static Result Build(Attachment attachment)
    {
        var result = new Result
        {
            Interfaces =
            {
                new Interface
                {
                    Name = attachment.HostInterface,
                    Mac = MacText.Format(WiringPlan.HostMac),
                    Mtu = (uint)attachment.Mtu,
                },
                new Interface
                {
                    Name = attachment.Key.IfName,
                    Mac = MacText.Format(attachment.ContainerMac!),
                    Mtu = (uint)attachment.Mtu,
                    Sandbox = attachment.NetnsPath,
                },
            },
        };
        if (attachment.IPv4 is { } ipv4)
        {
            Add(result, ipv4, 32, WiringPlan.GatewayIPv4, "0.0.0.0/0");
        }

        if (attachment.IPv6 is { } ipv6)
        {
            Add(result, ipv6, 128, WiringPlan.GatewayIPv6, "::/0");
        }

        return result;
    }

    private static void Add(Result result, IPAddress address, int prefixLength, IPAddress gateway, string everything)
    {
        result.Ips.Add(new IpConfig
        {
            Interface = ContainerSide,
            Address = $"{address}/{prefixLength}",
            Gateway = gateway.ToString(),
        });
        result.Routes.Add(new Route { Dst = everything, Gw = gateway.ToString() });
    }
}
