using System.Net;
using Serilog.Events;

namespace Routing.Agent.Options;

/// <summary>Checks <see cref="DaemonOptions"/>. Each problem names the flag, the value and what is allowed; all are given at
/// once.</summary>
internal static class DaemonOptionsValidator
{
    public static IEnumerable<string> Validate(DaemonOptions options)
    {
        if (options.Kubeconfig is { } kubeconfig && !File.Exists(kubeconfig))
        {
            yield return $"--kubeconfig '{kubeconfig}': no such file";
        }

        if (options.MetricsPort is { } port and (< 1 or > 65535))
        {
            yield return $"--metrics-port '{port}': allowed is 1 to 65535";
        }

        if (!IPAddress.TryParse(options.MetricsAddress, out _))
        {
            yield return $"--metrics-address '{options.MetricsAddress}': allowed is an IP address";
        }

        if (!Enum.TryParse<LogEventLevel>(options.LogLevel, ignoreCase: true, out _))
        {
            yield return $"--log-level '{options.LogLevel}': allowed are {string.Join(", ", Enum.GetNames<LogEventLevel>())}";
        }
    }
}
