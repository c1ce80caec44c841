using System.CommandLine;
using Routing.Agent.Options;
using Routing.Agent.Roles;

namespace Routing.Agent.Cli;

/// <summary>`routing controller`: the cluster's one writer of status.</summary>
internal static class ControllerVerb
{
    public static Command Create()
    {
        var defaults = new ControllerOptions();
        var kubeconfig = new Option<string?>("--kubeconfig")
        {
            Description = "Kubeconfig file (default: the service account of the pod it runs in).",
            HelpName = "FILE",
        };
        var lease = new Option<string>("--lease")
        {
            Description = "The Lease that is held by the one controller that writes; others wait.",
            HelpName = "NAMESPACE/NAME",
            DefaultValueFactory = _ => defaults.Lease,
        };
        var metricsPort = new Option<int?>("--metrics-port")
        {
            Description = "Port of /healthz, /readyz and /metrics (default: none).",
            HelpName = "PORT",
        };
        var metricsAddress = new Option<string>("--metrics-address")
        {
            Description = "Address of these pages, which ask for no password.",
            HelpName = "IP",
            DefaultValueFactory = _ => defaults.MetricsAddress,
        };
        var logLevel = new Option<string>("--log-level")
        {
            Description = "Least level logged.",
            HelpName = "LEVEL",
            DefaultValueFactory = _ => defaults.LogLevel,
        };
        var verb = new Command("controller", "Write the status of policies: one for the whole cluster.")
        {
            kubeconfig, lease, metricsPort, metricsAddress, logLevel,
        };
        verb.SetAction((result, cancellationToken) =>
        {
            var options = new ControllerOptions
            {
                Kubeconfig = result.GetValue(kubeconfig),
                Lease = result.GetRequiredValue(lease),
                MetricsPort = result.GetValue(metricsPort),
                MetricsAddress = result.GetRequiredValue(metricsAddress),
                LogLevel = result.GetRequiredValue(logLevel),
            };
            var problems = ControllerOptionsValidator.Validate(options);
            return problems.Count > 0
                ? throw new UserErrorException(string.Join("; ", problems), ExitCode.Usage)
                : ControllerRole.RunAsync(options, cancellationToken);
        });
        return verb;
    }
}
