using System.Net;
using System.Text.RegularExpressions;
using Serilog.Events;

namespace Routing.Agent.Options;

/// <summary>Checks <see cref="ControllerOptions"/>, as <see cref="AgentOptionsValidator"/> does an agent's.</summary>
internal static partial class ControllerOptionsValidator
{
    public static IReadOnlyList<string> Validate(ControllerOptions options)
    {
        var problems = new List<string>();
        if (options.Kubeconfig is { } kubeconfig && !File.Exists(kubeconfig))
        {
            problems.Add($"--kubeconfig '{kubeconfig}': no such file");
        }

        if (options.Lease.Length > 253 || !NamespaceAndName().IsMatch(options.Lease))
        {
            problems.Add($"--lease '{options.Lease}': allowed is NAMESPACE/NAME, of lower-case letters, digits, '-' and '.'");
        }

        if (options.MetricsPort is { } port and (< 1 or > 65535))
        {
            problems.Add($"--metrics-port '{port}': allowed is 1 to 65535");
        }

        if (!IPAddress.TryParse(options.MetricsAddress, out _))
        {
            problems.Add($"--metrics-address '{options.MetricsAddress}': allowed is an IP address");
        }

        if (!Enum.TryParse<LogEventLevel>(options.LogLevel, ignoreCase: true, out _))
        {
            problems.Add($"--log-level '{options.LogLevel}': allowed are "
                + string.Join(", ", Enum.GetNames<LogEventLevel>()));
        }

        return problems;
    }

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?/[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex NamespaceAndName();
}
