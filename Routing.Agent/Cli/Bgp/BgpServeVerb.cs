using System.CommandLine;
using System.Net;
using Routing.Agent.BgpConfig;
using Routing.Agent.Options;
using Routing.Agent.Roles;
using Serilog.Events;

namespace Routing.Agent.Cli.Bgp;

/// <summary>`routing bgp serve`: a speaker of its own.</summary>
internal static class BgpServeVerb
{
    public static Command Create()
    {
        var config = new Option<string>("--config")
        {
            Description = "YAML with a BGPConfiguration, BGPPeers, BGPPeerGroups and BGPFilters. SIGHUP reads it again.",
            HelpName = "FILE",
            Required = true,
        };
        var socket = new Option<string?>("--socket")
        {
            Description = "Unix socket for the other verbs of `routing bgp` (default: none). Only the user it runs as may "
                + "open it: who can ask can also shut sessions down.",
            HelpName = "PATH",
        };
        var metricsPort = new Option<int?>("--metrics-port")
        {
            Description = "Port of /metrics (default: none).",
            HelpName = "PORT",
        };
        metricsPort.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, out var port) || port is < 1 or > 65535))
            {
                result.AddError($"--metrics-port '{token.Value}': allowed is 1 to 65535");
            }
        });
        var metricsAddress = new Option<IPAddress>("--metrics-address")
        {
            Description = "Address of this page, which asks for no password (default: 127.0.0.1).",
            HelpName = "IP",
            CustomParser = result =>
            {
                if (IPAddress.TryParse(result.Tokens[0].Value, out var address))
                {
                    return address;
                }

                result.AddError($"--metrics-address '{result.Tokens[0].Value}': allowed is an IP address");
                return null;
            },
        };
        var logLevel = new Option<string>("--log-level")
        {
            Description = $"Least level logged: {string.Join(", ", Enum.GetNames<LogEventLevel>())}.",
            HelpName = "LEVEL",
            DefaultValueFactory = _ => nameof(LogEventLevel.Information),
        };
        logLevel.AcceptOnlyFromAmong(Enum.GetNames<LogEventLevel>());
        var verb = new Command("serve", "Run a stand-alone BGP speaker.") { config, socket, metricsPort, metricsAddress, logLevel };
        verb.SetAction(async (result, cancellationToken) =>
        {
            var options = new BgpServeOptions
            {
                ConfigFile = result.GetRequiredValue(config),
                SocketPath = result.GetValue(socket),
                MetricsPort = result.GetValue(metricsPort),
                MetricsAddress = result.GetValue(metricsAddress) ?? IPAddress.Loopback,
                LogLevel = result.GetRequiredValue(logLevel),
            };
            var file = SpeakerFile.Read(options.ConfigFile);
            foreach (var problem in file.Errors)
            {
                await result.InvocationConfiguration.Error.WriteLineAsync($"routing: {problem}");
            }

            return file.Config is null ? ExitCode.Failed : await BgpServeRole.RunAsync(options, file, cancellationToken);
        });
        return verb;
    }
}
