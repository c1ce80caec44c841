using System.Collections.Immutable;
using System.Globalization;
using Routing.Policy.Model;

namespace Routing.Agent.Options;

/// <summary>Fail-safe ports on a command line: "tcp:22,udp:68", in Calico's form without nets; "none" for none.</summary>
internal static class FailsafeText
{
    /// <summary>For people who wrote something else.</summary>
    public const string Allowed = "PROTOCOL:PORT with tcp, udp or sctp and 1 to 65535, separated by commas, or none";

    private const string None = "none";

    /// <summary>Reads them.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="wrong">Every part that cannot be read.</param>
    public static EquatableArray<PortSpec.Numbers> Read(string text, out ImmutableArray<string> wrong)
    {
        var bad = ImmutableArray.CreateBuilder<string>();
        var ports = new List<PortSpec.Numbers>();
        foreach (var part in text == None ? [] : text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.Split(':') is [var name, var digits] && ProtocolOf(name) is { } protocol
                && ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0)
            {
                ports.Add(new PortSpec.Numbers(protocol, port, port));
            }
            else
            {
                bad.Add(part);
            }
        }

        wrong = bad.ToImmutable();
        return ports.Distinct().ToEquatableArray();
    }

    /// <summary>The other way.</summary>
    public static string Write(EquatableArray<PortSpec.Numbers> ports) => ports.Count == 0
        ? None
        : string.Join(',', ports.Items.Select(port => $"{port.Protocol.ToString().ToLowerInvariant()}:{port.Low}"));

    private static TransportProtocol? ProtocolOf(string name) => name.ToLowerInvariant() switch
    {
        "tcp" => TransportProtocol.Tcp,
        "udp" => TransportProtocol.Udp,
        "sctp" => TransportProtocol.Sctp,
        _ => null,
    };
}
