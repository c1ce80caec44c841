using System.Net.NetworkInformation;

namespace Routing.Agent.Attachments;

/// <summary>Hardware addresses as Linux and CNI write them; .NET writes them with dashes.</summary>
internal static class MacText
{
    public static string Format(PhysicalAddress mac) =>
        string.Join(':', mac.GetAddressBytes().Select(octet => octet.ToString("x2")));
}
