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
        var daemon = new DaemonFlags(defaults, "Least level logged.");
        var lease = new Option<string>("--lease")
        {
            Description = "The Lease that is held by the one controller that writes; others wait.",
            HelpName = "NAMESPACE/NAME",
            DefaultValueFactory = _ => defaults.Lease,
        };
        var verb = new Command("controller", "Write the status of policies: one for the whole cluster.")
        {
            daemon.Kubeconfig, lease, daemon.MetricsPort, daemon.MetricsAddress, daemon.LogLevel,
        };
        verb.SetAction((result, cancellationToken) =>
        {
            var options = new ControllerOptions
            {
                Kubeconfig = result.GetValue(daemon.Kubeconfig),
                Lease = result.GetRequiredValue(lease),
                MetricsPort = result.GetValue(daemon.MetricsPort),
                MetricsAddress = result.GetRequiredValue(daemon.MetricsAddress),
                LogLevel = result.GetRequiredValue(daemon.LogLevel),
            };
            var problems = ControllerOptionsValidator.Validate(options);
            return problems.Count > 0
                ? throw new UserErrorException(string.Join("; ", problems), ExitCode.Usage)
                : ControllerRole.RunAsync(options, cancellationToken);
        });
        return verb;
    }
}
