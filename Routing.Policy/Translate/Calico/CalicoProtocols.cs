using System.Globalization;
using Routing.Policy.Model;

namespace Routing.Policy.Translate.Calico;

/// <summary>Calico's names of protocols.</summary>
public static class CalicoProtocols
{
    /// <summary>For messages.</summary>
    public const string Allowed = "TCP, UDP, SCTP, UDPLite, ICMP, ICMPv6 or a number from 1 to 255";

    private static readonly (string Name, TransportProtocol Protocol)[] Names =
    [
        ("TCP", TransportProtocol.Tcp), ("UDP", TransportProtocol.Udp), ("SCTP", TransportProtocol.Sctp),
        ("UDPLite", TransportProtocol.UdpLite), ("ICMP", TransportProtocol.Icmp), ("ICMPv6", TransportProtocol.IcmpV6),
    ];

    /// <summary>Reads a name, in letters of either case as Calico does, or a number.</summary>
    public static bool TryParse(string? text, out TransportProtocol protocol)
    {
        foreach (var (name, value) in Names)
        {
            if (name.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                protocol = value;
                return true;
            }
        }

        var isNumber = byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0;
        protocol = (TransportProtocol)number;
        return isNumber;
    }

    /// <summary>The name, or the number of a protocol without one.</summary>
    public static string CalicoName(this TransportProtocol protocol) =>
        Names.FirstOrDefault(one => one.Protocol == protocol).Name ?? $"{(byte)protocol}";
}
