using System.CommandLine;
using Routing.Agent.Options;

namespace Routing.Agent.Cli;

/// <summary>The options of <see cref="DaemonOptions"/> on the command line.</summary>
/// <param name="defaults">What counts where an option is not given.</param>
/// <param name="logLevel">Description of --log-level.</param>
internal sealed class DaemonFlags(DaemonOptions defaults, string logLevel)
{
    public Option<string?> Kubeconfig { get; } = new("--kubeconfig")
    {
        Description = "Kubeconfig file (default: the service account of the pod it runs in).",
        HelpName = "FILE",
    };

    public Option<int?> MetricsPort { get; } = new("--metrics-port")
    {
        Description = "Port of /healthz, /readyz and /metrics (default: none).",
        HelpName = "PORT",
    };

    public Option<string> MetricsAddress { get; } = new("--metrics-address")
    {
        Description = "Address of these pages, which ask for no password.",
        HelpName = "IP",
        DefaultValueFactory = _ => defaults.MetricsAddress,
    };

    public Option<string> LogLevel { get; } = new("--log-level")
    {
        Description = logLevel,
        HelpName = "LEVEL",
        DefaultValueFactory = _ => defaults.LogLevel,
    };
}
